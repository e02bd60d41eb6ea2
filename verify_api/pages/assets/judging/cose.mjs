/* COSE_Sign1 (RFC 9052) with ES256 in its one spelling, as `license_lib/cose.py` reads it. */
import { Malformed, ascii, compared, fromHex, joined } from "./bytes.mjs";
import { read } from "./cbor.mjs";

const TAG = 0xd2;
const ORDER = fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const HALF_ORDER = fromHex("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");

/** The four parts, of which none is judged yet. */
export function parts(message) {
  const value = message[0] === TAG ? read(message.subarray(1)) : null;
  const [secured, open, payload, signature] = Array.isArray(value) && value.length === 4 ? value : [];
  if (!isBytes(secured) || !(open instanceof Map) || !isBytes(payload) || !isBytes(signature)) {
    throw new Malformed("not COSE_Sign1");
  }
  return { secured, open, payload, signature };
}

/** Header without the algorithm, payload, what was signed, and the signature (r and s); it is not checked here. */
export function opened(message) {
  if (message.open.size || message.signature.length !== 64) { throw new Malformed("not COSE_Sign1"); }
  const header = wholeKeyed(read(message.secured), "unexpected protected header");
  if (header.get(1) !== -7) { throw new Malformed("unexpected protected header"); }
  header.delete(1);
  requireLow(message.signature);
  const signed = joined(
    Uint8Array.of(0x84, 0x6a), ascii("Signature1"), spelt(message.secured), Uint8Array.of(0x40), spelt(message.payload)
  );
  return { header, payload: message.payload, signed, signature: message.signature };
}

export function isBytes(value) {
  return value instanceof Uint8Array;
}

export function wholeKeyed(value, problem) {
  if (!(value instanceof Map) || Array.from(value.keys()).some((key) => typeof key !== "number")) {
    throw new Malformed(problem);
  }
  return value;
}

/** 0 < r < n and 0 < s <= n/2: who re-encodes a signature does not get another one. */
function requireLow(signature) {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const zero = new Uint8Array(32);
  if (!compared(r, zero) || compared(r, ORDER) >= 0 || !compared(s, zero) || compared(s, HALF_ORDER) > 0) {
    throw new Malformed("signature not in low-s form");
  }
}

/** Bytes as CBOR spells them. */
export function spelt(bytes) {
  return joined(head(0x40, bytes.length), bytes);
}

/** The first bytes of an item of that kind (its number in the upper three bits) and that length (RFC 8949 §3). */
export function head(kind, size) {
  if (size < 24) { return Uint8Array.of(kind | size); }
  if (size < 0x100) { return Uint8Array.of(kind | 24, size); }
  if (size < 0x10000) { return Uint8Array.of(kind | 25, size >> 8, size & 255); }
  return Uint8Array.of(kind | 26, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255);
}
