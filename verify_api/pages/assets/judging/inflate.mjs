/* ZLIB (RFC 1950) with DEFLATE (RFC 1951): browsers of 2019 have no DecompressionStream. */
import { Malformed } from "./bytes.mjs";

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
  12289, 16385, 24577,
];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The unpacked bytes, which must be `size`; what would grow larger is refused half-way. */
export function inflate(data, size) {
  const head = data[0] * 256 + data[1];
  if (data.length < 6 || (data[0] & 15) !== 8 || data[0] >> 4 > 7 || head % 31 || data[1] & 32) {
    throw new Malformed("not ZLIB data");
  }
  const input = { data, at: 2, held: 0, bits: 0 };
  const out = new Uint8Array(size);
  let length = 0;
  let last = 0;
  while (!last) {
    last = take(input, 1);
    const kind = take(input, 2);
    if (kind === 0) {
      length = stored(input, out, length);
    } else if (kind === 1) {
      length = block(input, out, length, fixed(), tree(new Array(32).fill(5)));
    } else if (kind === 2) {
      const [literals, distances] = dynamic(input);
      length = block(input, out, length, literals, distances);
    } else {
      throw new Malformed("not ZLIB data");
    }
  }
  if (length !== size) { throw new Malformed("another size"); }
  const sum = input.at; // no more than a part of a byte is ever held
  const told = ((data[sum] << 24) | (data[sum + 1] << 16) | (data[sum + 2] << 8) | data[sum + 3]) >>> 0;
  if (sum + 4 > data.length || told !== adler(out)) { throw new Malformed("not ZLIB data"); }
  if (sum + 4 !== data.length) { throw new Malformed("something follows"); }
  return out;
}

function need(input, count) {
  while (input.bits < count) {
    if (input.at >= input.data.length) { throw new Malformed("the end is missing"); }
    input.held |= input.data[input.at] << input.bits;
    input.at += 1;
    input.bits += 8;
  }
}

function take(input, count) {
  need(input, count);
  const value = input.held & ((1 << count) - 1);
  input.held >>>= count;
  input.bits -= count;
  return value;
}

function stored(input, out, start) {
  input.held = 0;
  input.bits = 0;
  const { data, at } = input;
  const count = data[at] | (data[at + 1] << 8);
  const end = at + 4 + count;
  if (!(end <= data.length) || (count ^ 0xffff) !== (data[at + 2] | (data[at + 3] << 8))) { throw new Malformed("not ZLIB data"); }
  if (start + count > out.length) { throw new Malformed("another size"); }
  out.set(data.subarray(at + 4, end), start);
  input.at = end;
  return start + count;
}

function block(input, out, start, literals, distances) {
  let length = start;
  for (let symbol = code(input, literals); symbol !== 256; symbol = code(input, literals)) {
    if (symbol < 256) {
      if (length >= out.length) { throw new Malformed("another size"); }
      out[length] = symbol;
      length += 1;
    } else {
      const count = extended(input, symbol - 257, LENGTHS, LENGTH_BITS);
      const back = extended(input, code(input, distances), DISTANCES, DISTANCE_BITS);
      if (back > length) { throw new Malformed("not ZLIB data"); }
      if (length + count > out.length) { throw new Malformed("another size"); }
      for (const end = length + count; length < end; length += 1) { out[length] = out[length - back]; }
    }
  }
  return length;
}

function extended(input, row, bases, bits) {
  if (row >= bases.length) { throw new Malformed("not ZLIB data"); }
  return bases[row] + take(input, bits[row]);
}

function fixed() {
  return tree(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)));
}

function dynamic(input) {
  const literals = take(input, 5) + 257;
  const distances = take(input, 5) + 1;
  const count = take(input, 4) + 4;
  if (literals > 286 || distances > 30) { throw new Malformed("not ZLIB data"); }
  const lengths = new Array(19).fill(0);
  for (const place of ORDER.slice(0, count)) { lengths[place] = take(input, 3); }
  const codes = tree(lengths, true);
  const all = [];
  while (all.length < literals + distances) {
    const symbol = code(input, codes);
    if (symbol < 16) {
      all.push(symbol);
    } else if (symbol === 16 && !all.length) {
      throw new Malformed("not ZLIB data");
    } else {
      const [value, times] =
        symbol === 16 ? [all[all.length - 1], 3 + take(input, 2)] : [0, symbol === 17 ? 3 + take(input, 3) : 11 + take(input, 7)];
      for (let left = times; left; left -= 1) { all.push(value); }
    }
  }
  if (all.length > literals + distances || !all[256]) { throw new Malformed("not ZLIB data"); }
  return [tree(all.slice(0, literals)), tree(all.slice(literals))];
}

/** Counts and symbols of a Huffman code (RFC 1951 §3.2.2), which may be incomplete only if it is a single code of one bit,
    and never as the code of code lengths; that of no code at all fails when it is used. */
function tree(lengths, ofLengths) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) { counts[length] += 1; }
  counts[0] = 0;
  let left = 1;
  let most = 0;
  for (let length = 1; length < 16; length += 1) {
    left = left * 2 - counts[length];
    if (counts[length]) { most = length; }
    if (left < 0) { throw new Malformed("not ZLIB data"); }
  }
  if (left && most && (ofLengths || most > 1)) { throw new Malformed("not ZLIB data"); }
  const symbols = [];
  for (let length = 1; length < 16; length += 1) {
    lengths.forEach((each, symbol) => { if (each === length) { symbols.push(symbol); } });
  }
  return { counts, symbols };
}

function code(input, { counts, symbols }) {
  let value = 0;
  let first = 0;
  let place = 0;
  for (let length = 1; length < 16; length += 1) {
    value |= take(input, 1);
    const count = counts[length];
    if (value - count < first) { return symbols[place + value - first]; }
    place += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  throw new Malformed("not ZLIB data");
}

function adler(bytes) {
  let low = 1;
  let high = 0;
  for (let at = 0; at < bytes.length;) {
    for (const end = Math.min(at + 3800, bytes.length); at < end; at += 1) {
      low += bytes[at];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return (high * 65536 + low) >>> 0;
}
