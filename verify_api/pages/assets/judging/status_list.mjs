/* Status lists 状态名单 (docs/status.md) as CWT: opened strictly, and relied on only while they are fresh. */
import { Malformed, hex, same, sha256 } from "./bytes.mjs";
import { verifies } from "./certificates.mjs";
import { read } from "./cbor.mjs";
import { isBytes, opened, parts, wholeKeyed } from "./cose.mjs";
import { inflate } from "./inflate.mjs";

export const MAX_BYTES = 2 * 1024 * 1024;
export const CLOCK_TOLERANCE = 300000;
const LIST_SIZE = 2 ** 20;
const MEDIA_TYPE = "application/statuslist+cwt";
const [SUBJECT, EXPIRES, ISSUED_AT, LIST, TIME_TO_LIVE] = [2, 4, 6, 65533, 65534];
const LAST_MOMENT = 253402300799; // the end of the year 9999, in seconds
const STATES = ["valid", "invalid", "suspended"];

/** A list that is not relied on, with the code that says why, and what that names. */
export class StatusListError extends Error {
  constructor(code, params) {
    super(code);
    this.code = code;
    this.params = params || {};
  }
}

/** A list that one of `signers` signed for `uri`. How fresh it is, `requireFresh` tells. */
export async function open(document, uri, signers, now) {
  try {
    return await trusted(document, uri, signers, now);
  } catch (error) {
    if (error instanceof Malformed) { throw new StatusListError("status.list-malformed"); }
    throw error;
  }
}

/** Refuse a list of the future, one that has ended, and one that is older than `maxStaleness` (milliseconds). */
export function requireFresh(list, now, maxStaleness) {
  if (list.issuedAt > now + CLOCK_TOLERANCE) { throw new StatusListError("status.list-future"); }
  if (now >= list.expiresAt || now - list.issuedAt > maxStaleness) { throw new StatusListError("status.list-stale"); }
}

/** The state of an entry: `valid`, `invalid` or `suspended`. */
export function stateOf(list, index) {
  const bit = index * list.bits;
  const state = STATES[(list.packed[bit >> 3] >> (bit & 7)) & ((1 << list.bits) - 1)];
  if (state === undefined) { throw new StatusListError("status.list-malformed"); }
  return state;
}

async function trusted(document, uri, signers, now) {
  if (document.length > MAX_BYTES) { throw new Malformed("too large"); }
  const message = opened(parts(document));
  const der = message.header.get(33);
  if (message.header.size !== 2 || message.header.get(16) !== MEDIA_TYPE || !isBytes(der)) { throw new Malformed("another header"); }
  const signer = signers.find((each) => same(each.der, der)); // the certificate of a stranger is not even read
  if (!signer || now < signer.from || now > signer.until || !await verifies(signer, message.signature, message.signed)) {
    throw new StatusListError("status.list-signature");
  }
  const claims = wholeKeyed(read(message.payload), "claims are not a map");
  const keys = Array.from(claims.keys());
  if (keys.length !== 5 || ![SUBJECT, EXPIRES, ISSUED_AT, LIST, TIME_TO_LIVE].every((key) => keys.includes(key))) {
    throw new Malformed("other claims");
  }
  const list = said(claims);
  if (list.uri !== uri) { throw new StatusListError("status.list-other"); }
  list.sha256 = hex(await sha256(document));
  return list;
}

function said(claims) {
  const [uri, expires, issued, ttl] = [SUBJECT, EXPIRES, ISSUED_AT, TIME_TO_LIVE].map((key) => claims.get(key));
  const list = claims.get(LIST);
  const bits = list instanceof Map ? list.get("bits") : null;
  const packed = list instanceof Map ? list.get("lst") : null;
  if (typeof uri !== "string" || !isMoment(expires) || !isMoment(issued)) { throw new Malformed("no address or no moments"); }
  if (typeof ttl !== "number" || ttl <= 0 || ttl > expires - issued) { throw new Malformed("a time to live"); }
  if (!isBytes(packed) || list.size !== 2 || ![1, 2, 4, 8].includes(bits)) { throw new Malformed("no entries"); }
  return { uri, issuedAt: issued * 1000, expiresAt: expires * 1000, bits, packed: inflate(packed, (LIST_SIZE * bits) / 8) };
}

function isMoment(value) {
  return typeof value === "number" && value >= 0 && value <= LAST_MOMENT;
}
