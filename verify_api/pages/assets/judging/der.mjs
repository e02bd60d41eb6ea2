/* Reading DER (ITU-T X.690): definite lengths in their shortest form, low tag numbers. */
import { Malformed, fromUtf8, hex } from "./bytes.mjs";

export const [BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, ENUMERATED, SEQUENCE, SET] = [1, 2, 3, 4, 5, 6, 10, 0x30, 0x31];

/** One element: tag, content, and all of its bytes. */
export function element(data, start) {
  const at = start || 0;
  const tag = data[at];
  let length = data[at + 1];
  let content = at + 2;
  if (tag === undefined || length === undefined || (tag & 31) === 31) { throw new Malformed("not DER"); }
  if (length > 0x80) {
    const size = length - 0x80;
    if (size > 3) { throw new Malformed("not DER"); }
    length = 0;
    for (; content < at + 2 + size; content += 1) { length = length * 256 + data[content]; }
    if (length < 0x80 || length < 2 ** (8 * (size - 1))) { throw new Malformed("not DER"); }
  } else if (length === 0x80) {
    throw new Malformed("not DER");
  }
  const end = content + length;
  if (!(end <= data.length)) { throw new Malformed("not DER"); }
  return { tag, content: data.subarray(content, end), whole: data.subarray(at, end), end };
}

/** The element that all of these bytes are. */
export function only(data, tag) {
  const found = element(data);
  if (found.end !== data.length || found.tag !== tag) { throw new Malformed("not DER"); }
  return found;
}

/** The elements within the content of another, one after the other. */
export function within(content) {
  const found = [];
  for (let at = 0; at < content.length; at = found[found.length - 1].end) { found.push(element(content, at)); }
  return found;
}

/** The elements of a SEQUENCE that all of these bytes are. */
export function sequence(data) {
  return within(only(data, SEQUENCE).content);
}

export function expected(found, tag) {
  if (!found || found.tag !== tag) { throw new Malformed("not DER"); }
  return found.content;
}

/** An object identifier in hexadecimal: it is compared, and never shown. */
export function oid(found) {
  return hex(expected(found, OID));
}

/** The bytes of a BIT STRING of whole bytes. */
export function bits(found) {
  const content = expected(found, BITS);
  if (content[0] !== 0) { throw new Malformed("not whole bytes"); }
  return content.subarray(1);
}

/** Milliseconds since 1970 of a UTCTime or a GeneralizedTime, as RFC 5280 §4.1.2.5 spells them. */
export function time(found) {
  const text = found && (found.tag === 0x17 || found.tag === 0x18) ? fromUtf8(found.content) : "";
  const digits = found && found.tag === 0x17 ? (text < "5" ? `20${text}` : `19${text}`) : text;
  const parts = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/.exec(digits);
  const moment = parts ? Date.UTC(parts[1], parts[2] - 1, parts[3], parts[4], parts[5], parts[6]) : NaN;
  if (!parts || new Date(moment).toISOString() !== `${parts.slice(1, 4).join("-")}T${parts.slice(4).join(":")}.000Z`) {
    throw new Malformed("no moment");
  }
  return moment;
}
