/* Bytes and texts: one spelling of each, and what is not it is refused.

   Everything under `judging` is written for the browsers of 2019 (ES2017): no BigInt, no syntax that came later. It
   knows neither page nor network, and takes the time as an argument. */

/** What a document says that is not in its one spelling; a bad document, and never a broken program. */
export class Malformed extends Error {}

export function same(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** Less than, equal to or greater than 0, as the bytes come first, are the same or come later in order. */
export function compared(left, right) {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at += 1) {
    if (left[at] !== right[at]) { return left[at] - right[at]; }
  }
  return left.length - right.length;
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

export function ascii(text) {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** The text of UTF-8 bytes; a byte order mark is a character like any other. */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Malformed("not UTF-8");
  }
}

/** Base64 with padding (RFC 4648 §4) in its one spelling. */
export function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch (error) {
    throw new Malformed("not base64");
  }
  if (btoa(binary) !== text) { throw new Malformed("not canonical base64"); }
  return ascii(binary);
}

/** Base64url without padding (RFC 7515 §2) in its one spelling. */
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) { throw new Malformed("not base64url"); }
  const standard = text.replace(/-/g, "+").replace(/_/g, "/");
  return fromBase64(standard + "=".repeat((4 - (standard.length % 4)) % 4));
}

/** The bytes of a decimal number without a zero before it, the most significant first. */
export function fromDecimal(digits) {
  const bytes = []; // the least significant first
  for (let at = 0; at < digits.length; at += 7) {
    const chunk = digits.slice(at, at + 7);
    let carry = Number(chunk);
    for (let place = 0; place < bytes.length; place += 1) {
      carry += bytes[place] * 10 ** chunk.length;
      bytes[place] = carry % 256;
      carry = Math.floor(carry / 256);
    }
    for (; carry; carry = Math.floor(carry / 256)) { bytes.push(carry % 256); }
  }
  return Uint8Array.from(bytes.reverse());
}

/** A number, given by its bytes, in base 36. */
export function toBase36(bytes) {
  const digits = []; // the least significant first
  for (const byte of bytes) {
    let carry = byte;
    for (let place = 0; place < digits.length; place += 1) {
      carry += digits[place] * 256;
      digits[place] = carry % 36;
      carry = Math.floor(carry / 36);
    }
    for (; carry; carry = Math.floor(carry / 36)) { digits.push(carry % 36); }
  }
  return digits.reverse().map((digit) => digit.toString(36).toUpperCase()).join("");
}

/** Base32 without padding (RFC 4648 §6), in capitals, in its one spelling. */
export function fromBase32(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) { throw new Malformed("neither digits nor base32"); }
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
  }
  // At most four bits are left over, and they are zero: else a letter too many, or another spelling of the same.
  if (bits > 4 || held & ((1 << bits) - 1)) { throw new Malformed("not canonical base32"); }
  return Uint8Array.from(bytes);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
