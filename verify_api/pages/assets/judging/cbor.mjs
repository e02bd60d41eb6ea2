/* Reading deterministic CBOR (RFC 8949 §4.2.1) as `license_lib/cbor.py` does: whole numbers, bytes, texts, lists and maps.

   Floats, tags, `true`, `null` and indefinite lengths are refused. Numbers beyond 2**53 lose their last bits; none of
   ours is so large, and what is read as one is refused as out of range. */
import { Malformed, compared, fromUtf8 } from "./bytes.mjs";

const DEPTH = 8;
const LENGTH = 4096; // members of one list or map; each costs a reader far more than its one byte
const [NUMBER, NEGATIVE, BYTES, TEXT, LIST, MAP] = [0, 1, 2, 3, 4, 5];

/** One value and nothing behind it: number, Uint8Array, string, Array or Map, in so many levels of lists and maps. */
export function read(data, depth = DEPTH) {
  const [value, end] = item(data, 0, depth);
  if (end !== data.length) { throw new Malformed("bytes behind the end"); }
  return value;
}

function item(data, start, depth) {
  if (start >= data.length) { throw new Malformed("the end is missing"); }
  const kind = data[start] >> 5;
  const [number, at] = head(data, start);
  if (kind === NUMBER) { return [number, at]; }
  if (kind === NEGATIVE) { return [-1 - number, at]; }
  if (kind > MAP) { throw new Malformed("a tag, a float or a simple value"); }
  if (at + number > data.length) { throw new Malformed("the end is missing"); } // an item has one byte at least
  if (kind === BYTES) { return [data.slice(at, at + number), at + number]; }
  if (kind === TEXT) { return [fromUtf8(data.subarray(at, at + number)), at + number]; }
  if (!depth) { throw new Malformed("too deep"); }
  if (number > LENGTH) { throw new Malformed("too long"); }
  return (kind === LIST ? list : map)(data, at, number, depth - 1);
}

function head(data, start) {
  const code = data[start] & 31;
  if (code < 24) { return [code, start + 1]; }
  if (code > 27) { throw new Malformed("an indefinite length"); }
  const size = 1 << (code - 24);
  const end = start + 1 + size;
  if (end > data.length) { throw new Malformed("the end is missing"); }
  let number = 0;
  for (let at = start + 1; at < end; at += 1) { number = number * 256 + data[at]; }
  if (number < (size === 1 ? 24 : 2 ** (4 * size))) { throw new Malformed("a number longer than it need be"); }
  return [number, end];
}

function list(data, start, count, depth) {
  const values = [];
  let at = start;
  for (let left = count; left; left -= 1) {
    const [value, next] = item(data, at, depth);
    values.push(value);
    at = next;
  }
  return [values, at];
}

function map(data, start, count, depth) {
  const values = new Map();
  let before = new Uint8Array(0);
  let at = start;
  for (let left = count; left; left -= 1) {
    const [key, behind] = item(data, at, 0); // no list or map can be a key
    const spelt = data.subarray(at, behind);
    if (compared(spelt, before) <= 0) { throw new Malformed("keys that do not ascend"); }
    before = spelt;
    const [value, next] = item(data, behind, depth);
    values.set(key, value);
    at = next;
  }
  return [values, at];
}
