/* X.509 certificates (RFC 5280): what is needed of them, their signatures, and paths to an anchor.

   Every certificate that counts stands in the signed trust list; the path tells that the authority above vouches for it,
   too. What is not understood here makes no path, and the question stays open. */
import { Malformed, fromUtf8, joined, same } from "./bytes.mjs";
import { BITS, BOOLEAN, INTEGER, OCTETS, SEQUENCE, bits, expected, oid, only, sequence, time, within } from "./der.mjs";

export const ORGANIZATION_IDENTIFIER = "550461";
export const [KEY_USAGE, BASIC_CONSTRAINTS, POLICIES, EXTENDED_KEY_USAGE] = ["551d0f", "551d13", "551d20", "551d25"];
export const [SIGNS_CERTIFICATES, SIGNS_LISTS] = [5, 6]; // bits of the key usage
const UNDERSTOOD = [KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE];
const LONGEST_PATH = 5; // authorities above the end entity
const EC_KEY = "2a8648ce3d0201";
const RSA_KEY = "2a864886f70d010101";
const CURVES = { "2a8648ce3d030107": ["P-256", 32], "2b81040022": ["P-384", 48], "2b81040023": ["P-521", 66] };
const SIGNATURES = {
  "2a8648ce3d040302": [EC_KEY, "SHA-256"], "2a8648ce3d040303": [EC_KEY, "SHA-384"], "2a8648ce3d040304": [EC_KEY, "SHA-512"],
  "2a864886f70d01010b": [RSA_KEY, "SHA-256"], "2a864886f70d01010c": [RSA_KEY, "SHA-384"], "2a864886f70d01010d": [RSA_KEY, "SHA-512"],
};

/** A certificate that was read; nothing of it is judged. */
export function parse(der) {
  const [signed, algorithm, signature, ...more] = sequence(der);
  const fields = within(expected(signed, SEQUENCE));
  if (more.length || fields.length < 7 || fields[0].tag !== 0xa0) { throw new Malformed("no certificate of version 3"); }
  const [, serial, inner, issuer, period, subject, key, ...rest] = fields;
  if (!algorithm || !same(inner.whole, algorithm.whole)) { throw new Malformed("two signature algorithms"); }
  const [from, until] = within(expected(period, SEQUENCE));
  const last = rest[rest.length - 1];
  const read = {
    der,
    serial: expected(serial, INTEGER),
    issuer: issuer.whole,
    subject: subject.whole,
    from: time(from),
    until: time(until),
    key: key.whole,
    extensions: last && last.tag === 0xa3 ? extensions(last.content) : new Map(),
    signed: signed.whole,
    algorithm: oid(within(algorithm.content)[0]),
    signature: bits(signature),
  };
  requireReadable(read);
  return read;
}

/** All that is asked of a certificate later can be read: one that cannot is told at once, and not in the middle of a judgement. */
function requireReadable(certificate) {
  keyAlgorithm(certificate.key);
  subjectValue(certificate, ORGANIZATION_IDENTIFIER);
  mayUseFor(certificate, SIGNS_CERTIFICATES);
  mayStandAbove(certificate, 0);
  [POLICIES, EXTENDED_KEY_USAGE].forEach((each) => listed(certificate, each));
}

/** Extensions by their identifiers; one that stands twice is an error. */
export function extensions(content) {
  const found = new Map();
  for (const each of sequence(content)) {
    const parts = within(expected(each, SEQUENCE));
    const critical = parts.length === 3 && expected(parts[1], BOOLEAN)[0] === 0xff;
    const name = oid(parts[0]);
    if (found.has(name)) { throw new Malformed("an extension twice"); }
    found.set(name, { critical, value: expected(parts[parts.length - 1], OCTETS) });
  }
  return found;
}

/** The first value of a subject's attribute; empty if there is none. */
export function subjectValue(certificate, attribute) {
  for (const set of sequence(certificate.subject)) {
    for (const each of within(set.content)) {
      const [name, value, ...more] = within(each.content);
      if (!value || more.length) { throw new Malformed("a name that says nothing"); }
      if (oid(name) === attribute) { return fromUtf8(value.content); }
    }
  }
  return "";
}

/** Is a bit of the key usage set? */
export function mayUseFor(certificate, bit) {
  const usage = certificate.extensions.get(KEY_USAGE);
  const content = usage ? only(usage.value, BITS).content : [0, 0];
  return (content[1] & (0x80 >> bit)) !== 0;
}

/** Identifiers in a list such as extended key usages or policies, in hexadecimal. */
export function listed(certificate, extension) {
  const found = certificate.extensions.get(extension);
  return found ? sequence(found.value).map((each) => oid(each.tag === SEQUENCE ? within(each.content)[0] : each)) : [];
}

/** Verify with the P-256 key of a certificate: r and s, 32 bytes each, over SHA-256. False for any other key. */
export async function verifies(certificate, signature, data) {
  const [algorithm, curve] = keyAlgorithm(certificate.key);
  if (algorithm !== EC_KEY || !CURVES[curve] || CURVES[curve][0] !== "P-256" || signature.length !== 64) { return false; }
  return verified(certificate.key, { name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }, signature, data);
}

/** Did the key of `issuer` sign what was read: a certificate, or a revocation list? */
export async function isSignedBy(read, issuer) {
  const [kind, hash] = SIGNATURES[read.algorithm] || [];
  const [algorithm, curve] = keyAlgorithm(issuer.key);
  if (!kind || kind !== algorithm) { return false; }
  if (kind === RSA_KEY) {
    const how = { name: "RSASSA-PKCS1-v1_5", hash };
    return issuer.key.length > 256 && verified(issuer.key, how, how, read.signature, read.signed);
  }
  const [namedCurve, size] = CURVES[curve] || [];
  if (!namedCurve) { return false; }
  const numbers = rawSignature(read.signature, size);
  return numbers !== null && verified(issuer.key, { name: "ECDSA", namedCurve }, { name: "ECDSA", hash }, numbers, read.signed);
}

/** A path from a certificate to an anchor that is valid at a moment, the end entity first; null if there is none. */
export async function findPath(certificate, anchors, helpers, at) {
  return fits(certificate, at) ? grown([certificate], anchors, helpers, at) : null;
}

async function grown(path, anchors, helpers, at) {
  const last = path[path.length - 1];
  for (const issuer of anchors.concat(helpers)) {
    if (!path.includes(issuer) && isIssuer(issuer, last, path.length - 1, at) && await isSignedBy(last, issuer)) {
      const longer = path.concat([issuer]);
      if (anchors.includes(issuer)) { return longer; }
      const whole = longer.length <= LONGEST_PATH ? await grown(longer, anchors, helpers, at) : null;
      if (whole) { return whole; }
    }
  }
  return null;
}

function isIssuer(issuer, subject, between, at) {
  return same(issuer.subject, subject.issuer) && fits(issuer, at) && mayUseFor(issuer, SIGNS_CERTIFICATES) && mayStandAbove(issuer, between);
}

/** Is it an authority that may have so many others between it and the end entity? */
function mayStandAbove(issuer, between) {
  const constraints = issuer.extensions.get(BASIC_CONSTRAINTS);
  const [authority, most] = constraints ? sequence(constraints.value) : [];
  const isAuthority = authority && authority.tag === BOOLEAN && authority.content[0] === 0xff;
  return Boolean(isAuthority && (!most || between <= expected(most, INTEGER)[0]));
}

/** Within its period, and without a demand that is not understood here. */
function fits(certificate, at) {
  const strange = Array.from(certificate.extensions).some(([name, each]) => each.critical && !UNDERSTOOD.includes(name));
  return !strange && certificate.from <= at && at <= certificate.until;
}

function keyAlgorithm(key) {
  const [algorithm, curve] = within(expected(sequence(key)[0], SEQUENCE));
  return [oid(algorithm), curve && curve.tag === 6 ? oid(curve) : ""];
}

/** r and s in `size` bytes each of a DER ECDSA-Sig-Value; null if it is none. */
function rawSignature(der, size) {
  let numbers;
  try {
    numbers = sequence(der).map((each) => expected(each, INTEGER));
  } catch (error) {
    if (!(error instanceof Malformed)) { throw error; }
    return null;
  }
  if (numbers.length !== 2) { return null; }
  const plain = numbers.map((number) => (number[0] === 0 ? number.subarray(1) : number));
  if (plain.some((number) => number.length > size)) { return null; }
  return joined(...plain.map((number) => joined(new Uint8Array(size - number.length), number)));
}

async function verified(key, kind, how, signature, data) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("spki", key, kind, false, ["verify"]);
  } catch (error) {
    return false; // no key of this kind
  }
  return crypto.subtle.verify(how, imported, signature, data);
}
