/* GBK, in which codes hold Chinese texts: only those pairs that mean the same everywhere.

   The decoder of browsers reads all of GB 18030; what its editions changed, and what is in private use, is none of ours.
   The pairs below are those of Python's `gbk` codec, and the tests compare each of them. */
import { Malformed, fromHex } from "./bytes.mjs";

/* First bytes, then the ranges of their second bytes. */
const PAIRS = [
  ["81a0b0d6d8f7", "407e80fe"], ["a1a1a3a3", "a1fe"], ["a2a2", "a1aab1e2e5eef1fc"], ["a4a4", "a1f3"], ["a5a5", "a1f6"],
  ["a6a6", "a1b8c1d8e0ebeef2f4f5"], ["a7a7", "a1c1d1f1"], ["a8a8", "407e8095a1bbbdbec0c0c5e9"],
  ["a9a9", "4057595a5c5c607e80889696a4ef"], ["aaaff8fd", "407e80a0"], ["d7d7", "407e80f9"], ["fefe", "404f"],
];
let tables = null; // 22,000 characters: made when the first text asks for them

/** The text of bytes in GBK. */
export function decoded(bytes) {
  const { characters } = made();
  let text = "";
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] < 0x80) {
      text += String.fromCharCode(bytes[at]);
    } else {
      const character = characters.get((bytes[at] << 8) | bytes[at + 1]);
      if (character === undefined) { throw new Malformed("not GBK"); }
      text += character;
      at += 1;
    }
  }
  return text;
}

/** How many bytes a text has in GBK; Infinity if GBK cannot say it. */
export function size(text) {
  const { pairs } = made();
  let bytes = 0;
  for (const character of text) {
    bytes += character < "\u0080" ? 1 : pairs.has(character) ? 2 : Infinity;
  }
  return bytes;
}

/** Every character by its pair of bytes, as one number. */
export function table() {
  return made().characters;
}

function made() {
  if (tables === null) {
    const numbers = [];
    for (const [first, second] of PAIRS) {
      each(first, (high) => each(second, (low) => numbers.push((high << 8) | low)));
    }
    const bytes = new Uint8Array(numbers.length * 2);
    numbers.forEach((number, at) => bytes.set([number >> 8, number & 255], at * 2));
    const text = new TextDecoder("gbk", { fatal: true }).decode(bytes); // one unit of UTF-16 each
    tables = { characters: new Map(numbers.map((number, at) => [number, text[at]])), pairs: new Set(text) };
  }
  return tables;
}

function each(ranges, use) {
  const ends = fromHex(ranges);
  for (let at = 0; at < ends.length; at += 2) {
    for (let byte = ends[at]; byte <= ends[at + 1]; byte += 1) { use(byte); }
  }
}
