/* The proof in a code's text (docs/qr.md), as `license_lib/qr/payload.py` reads it: one text for each proof. */
import { Malformed, fromBase32, fromDecimal, toBase36 } from "./bytes.mjs";
import { read } from "./cbor.mjs";
import { isBytes, opened, parts, wholeKeyed } from "./cose.mjs";
import { decoded as fromGbk, size as sizeInGbk } from "./gbk.mjs";
import { fromCompact } from "./identifier.mjs";

const VERSION = 3;
const MAX_FRAGMENT = 2048;
const LONGEST = MAX_FRAGMENT + 256;
const [SUBJECT, EXPIRES, NOT_BEFORE, ISSUED_AT, ID, LICENSE] = [2, 4, 5, 6, 7, -65537];
const ALWAYS = [ISSUED_AT, ID, LICENSE];
const ALWAYS_BEFORE = [SUBJECT, NOT_BEFORE, ISSUED_AT, LICENSE]; // in versions 1 and 2
const LIST_SIZE = 2 ** 20;
const [DAY, OFFSET] = [86400, 28800]; // China is eight hours ahead of UTC, all year
const [FIRST_DAY, LAST_DAY] = [-719162, 2932896]; // the years 1 to 9999, in days since 1970
/* `\s` and `trim` mean other characters here than in Python. */
const AROUND = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;
const PROOF_URL = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^#\t-\r ]{1,200}\/[Vv]#([0-9]+|[A-Za-z2-7]+)$/u;

const PRESENTATION_URL = /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^#\t-\r ]{1,200}\/[Pp]#([0-9]{39})$/u;
const [LONGEST_PRESENTATION, TOO_LARGE] = [300, "340282366920938463463374607431768211456"]; // 2**128

/** A text that is no licence code (`qr.foreign`), a damaged one (`qr.malformed`), a newer (`qr.version`), or a presentation
    code 亮证码 (`qr.presentation`), which proves nothing by itself. */
export class CodeError extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

/** What a code says. Its signature is not checked here. */
export function decode(text) {
  const fragment = fragmentOf(text);
  if (fragment === null && presented(text) !== null) { throw new CodeError("qr.presentation", "a presentation code"); }
  if (fragment === null) { throw new CodeError("qr.foreign", "not a licence code"); }
  try {
    return proof(fragment);
  } catch (error) {
    if (error instanceof Malformed) { throw new CodeError("qr.malformed", error.message); }
    throw error;
  }
}

/** The digits of a presentation code; null of any other text. */
export function presented(text) {
  const found = Array.from(text).length <= LONGEST_PRESENTATION ? PRESENTATION_URL.exec(text.replace(AROUND, "")) : null;
  return found && found[1] < TOO_LARGE ? found[1] : null;
}

function fragmentOf(text) {
  if (Array.from(text).length > LONGEST) { return null; }
  const found = PROOF_URL.exec(text.replace(AROUND, ""));
  return found && found[1].length <= MAX_FRAGMENT ? found[1] : null;
}

function proof(fragment) {
  const anew = /^[0-9]+$/.test(fragment);
  if (anew && !/^[1-9][0-9]{99,}$/.test(fragment)) { throw new Malformed("not a number as codes have them"); }
  const message = parts(anew ? fromDecimal(fragment) : fromBase32(fragment));
  const claims = wholeKeyed(read(message.payload), "claims are not a map");
  const version = versionOf(claims, anew); // first: a newer one may differ in all else
  const { header, signed, signature } = opened(message);
  const keyId = header.get(4);
  if (header.size !== 1 || !isBytes(keyId) || keyId.length !== 8) { throw new Malformed("unexpected protected header"); }
  requireClaims(claims, version);
  const [digest, texts, place] = licenseClaim(claims.get(LICENSE), version);
  const issuedOn = day(claims.get(ISSUED_AT));
  const validFrom = claims.has(NOT_BEFORE) ? day(claims.get(NOT_BEFORE)) : issuedOn;
  if (version === VERSION && claims.has(NOT_BEFORE) && validFrom === issuedOn) {
    throw new Malformed("a beginning that goes without saying");
  }
  return {
    identifier: version === VERSION ? unpacked(claims.get(ID)) : fromCompact(claims.get(SUBJECT)),
    issuedOn: dayText(issuedOn),
    validFrom: dayText(validFrom),
    validUntil: claims.has(EXPIRES) ? dayText(day(claims.get(EXPIRES)) - 1) : null,
    digest,
    shown: shownTexts(texts, version === VERSION),
    keyId,
    signed,
    signature,
    place: place === undefined ? null : placeOf(place),
  };
}

function versionOf(claims, anew) {
  const claim = claims.get(LICENSE);
  const version = Array.isArray(claim) ? claim[0] : null;
  if (typeof version === "number" && (version < 1 || version > VERSION)) {
    throw new CodeError("qr.version", "a newer version");
  }
  if (typeof version !== "number" || anew !== (version === VERSION)) { throw new Malformed("unexpected licence claim"); }
  return version;
}

function requireClaims(claims, version) {
  const always = version === VERSION ? ALWAYS : ALWAYS_BEFORE;
  const allowed = always.concat(version === VERSION ? [NOT_BEFORE, EXPIRES] : [EXPIRES]);
  const keys = Array.from(claims.keys());
  if (!always.every((key) => claims.has(key)) || !keys.every((key) => allowed.includes(key))) {
    throw new Malformed("unexpected claims");
  }
}

/** Digest, public texts, and the place in a status list: version 1 has none, version 2 one, version 3 may have one. */
function licenseClaim(claim, version) {
  const [, digest, texts, place] = claim;
  const most = version === 1 ? 3 : 4;
  const least = version === 2 ? 4 : 3;
  if (claim.length < least || claim.length > most || !isBytes(digest) || digest.length !== 32) {
    throw new Malformed("unexpected licence claim");
  }
  return [digest, texts, place];
}

function unpacked(bytes) {
  const fits = isBytes(bytes) && bytes.length > 0 && bytes.length <= 56 && bytes[0] !== 0;
  const text = fits ? toBase36(bytes) : "";
  if (text[0] !== "1") { throw new Malformed("no licence identifier"); }
  return fromCompact(text.slice(1));
}

/** Days since 1970 of the first second of a day in China. */
function day(seconds) {
  if (typeof seconds !== "number") { throw new Malformed("a date is not a number of seconds"); }
  const days = (seconds + OFFSET) / DAY;
  if (!Number.isInteger(days)) { throw new Malformed("a date that is not the start of a day"); }
  if (days < FIRST_DAY || days > LAST_DAY) { throw new Malformed("a date out of range"); }
  return days;
}

function dayText(days) {
  if (days < FIRST_DAY) { throw new Malformed("a date out of range"); }
  return new Date(days * DAY * 1000).toISOString().slice(0, 10);
}

function shownTexts(texts, short) {
  if (!(texts instanceof Map)) { throw new Malformed("public texts are not a map"); }
  return Array.from(texts, ([name, value]) => {
    if (typeof name !== "string" || !/^[0-9A-Z_]{1,24}$/.test(name)) { throw new Malformed("a public text without a code"); }
    return [name, short ? shortText(value) : plain(value)];
  });
}

/** A text in the shorter of its two spellings: UTF-8, or bytes of GBK where these are fewer. */
function shortText(value) {
  const text = isBytes(value) ? fromGbk(value) : plain(value);
  if (isBytes(value) !== sizeInGbk(text) < sizeInUtf8(text)) { throw new Malformed("a public text in its longer spelling"); }
  return text;
}

function plain(value) {
  if (typeof value !== "string") { throw new Malformed("a public text is none"); }
  return value;
}

function sizeInUtf8(text) {
  return new TextEncoder().encode(text).length;
}

function placeOf(value) {
  const [list, index] = Array.isArray(value) && value.length === 2 ? value : [];
  if (typeof list !== "number" || typeof index !== "number") { throw new Malformed("unexpected place in a status list"); }
  if (list < 1 || list > 999999 || index < 0 || index >= LIST_SIZE) { throw new Malformed("no place in a status list"); }
  return { list, index };
}
