// Reads codes without any code of ours: docs/qr.md in another language. The signature is judged by `cose-js`.
// stdin: {"key": {"x": hex, "y": hex}, "texts": […]}; stdout: what each text says, or {"refused": why}.
"use strict";
const cbor = require("cbor");
const cose = require("cose-js");
const gbk = new TextDecoder("gbk", { fatal: true });

/** The bytes of a number, without BigInt, which telephones of 2019 may not have. */
function bytesOfNumber(digits) {
  const bytes = [];
  for (const digit of digits) {
    let carry = Number(digit);
    for (let i = 0; i < bytes.length; i += 1) {
      carry += bytes[i] * 10;
      bytes[i] = carry & 255;
      carry >>= 8;
    }
    if (carry) { bytes.push(carry); }
  }
  return Buffer.from(bytes.reverse());
}

function bytesOfBase32(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) { bits -= 8; bytes.push((held >> bits) & 255); }
  }
  return Buffer.from(bytes);
}

function inBase36(bytes) {
  const digits = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i += 1) {
      carry += digits[i] * 256;
      digits[i] = carry % 36;
      carry = Math.floor(carry / 36);
    }
    while (carry) { digits.push(carry % 36); carry = Math.floor(carry / 36); }
  }
  return digits.reverse().map((digit) => digit.toString(36)).join("").toUpperCase();
}

const dotted = (text) =>
  ["1.2.156.3005.2", text.slice(0, 21), text.slice(21, 39), text.slice(39, -4), text.slice(-4, -1), text.slice(-1)].join(".");
const day = (seconds) => new Date((seconds + 8 * 3600) * 1000).toISOString().slice(0, 10);
const text = (value) => (Buffer.isBuffer(value) ? gbk.decode(value) : value);

async function read(code, key) {
  const fragment = code.split("#")[1];
  const token = /^[0-9]+$/.test(fragment) ? bytesOfNumber(fragment) : bytesOfBase32(fragment);
  const payload = await cose.sign.verify(token, { key: { x: Buffer.from(key.x, "hex"), y: Buffer.from(key.y, "hex") } });
  const claims = cbor.decodeFirstSync(payload);
  const header = cbor.decodeFirstSync(cbor.decodeFirstSync(token).value[0]);
  const [version, digest, shown, place] = claims.get(-65537);
  const entries = shown instanceof Map ? [...shown] : Object.entries(shown);
  return {
    identifier: dotted(version < 3 ? claims.get(2) : inBase36(claims.get(7)).slice(1)),
    issued_on: day(claims.get(6)),
    valid_from: day(claims.has(5) ? claims.get(5) : claims.get(6)),
    valid_until: claims.has(4) ? day(claims.get(4) - 86400) : null,
    digest: digest.toString("hex"),
    public: Object.fromEntries(entries.map(([name, value]) => [name, text(value)])),
    key_id: header.get(4).toString("hex"),
    status: place || null,
  };
}

async function main() {
  const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const said = [];
  for (const code of asked.texts) {
    said.push(await read(code, asked.key).catch((error) => ({ refused: String(error.message || error) })));
  }
  const pairs = asked.pairs.map((pair) => { try { return gbk.decode(Buffer.from(pair, "hex")); } catch { return null; } });
  // What a browser makes of the address, which is what a phone opens (WHATWG URL).
  const addresses = asked.texts.map((code) => new URL(code).href);
  process.stdout.write(JSON.stringify({ said, pairs, addresses }));
}

main();
