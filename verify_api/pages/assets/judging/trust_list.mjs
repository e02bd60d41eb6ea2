/* The signed trust list 信任名单 (docs/trust.md): opened strictly, and believed only if a pinned certificate signed it. */
import { Malformed, ascii, fromBase64, fromBase64url, fromUtf8, hex, same, sha256 } from "./bytes.mjs";
import { EXTENDED_KEY_USAGE, ORGANIZATION_IDENTIFIER, listed, parse as parseCertificate, subjectValue, verifies } from "./certificates.mjs";
import { isCreditCode } from "./identifier.mjs";
import { parse as parseRevocations } from "./revocation.mjs";

export const MAX_BYTES = 8 * 1024 * 1024;
const TYPE = "license-trust-list+jws";
const FORMAT = "license-trust-list/2";
const LIST_SIGNING = "040091370300"; // 0.4.0.2231.3.0, ETSI TS 119 612 §5.7.1
const LONGEST = 366 * 86400000;
const AFTER = {
  "in-force": ["superseded", "withdrawn", "compromised"], superseded: ["withdrawn", "compromised"],
  withdrawn: ["compromised"], compromised: [],
};
const TYPE_CODE = /^[0-9A-Z]{18}[0-9]{3}$/;
const ADDRESS = /^https?:\/\/[!$-;=@-Z_a-z~\[\]]{1,200}$/;

/** A list that is not believed: `trust.format`, `trust.signature` or `trust.signer`. */
export class TrustListError extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

/** What a list says. `pins`: SHA-256 of the certificates that may sign it, in hexadecimal. */
export async function open(document, pins) {
  try {
    return await opened(document, pins);
  } catch (error) {
    if (error instanceof Malformed) { throw new TrustListError("trust.format", error.message); }
    throw error;
  }
}

async function opened(document, pins) {
  if (document.length > MAX_BYTES) { throw new Malformed("too large"); }
  const found = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/.exec(fromUtf8(document));
  if (!found) { throw new Malformed("not a compact JSON Web Signature"); }
  const signer = signerOf(fromUtf8(fromBase64url(found[1])));
  if (!pins.includes(hex(await sha256(signer.der)))) { throw new TrustListError("trust.signer", "another signer"); }
  const payload = fromBase64url(found[2]);
  if (!await verifies(signer, fromBase64url(found[3]), ascii(`${found[1]}.${found[2]}`))) {
    throw new TrustListError("trust.signature", "not signed by it");
  }
  const list = read(payload);
  const usages = listed(signer, EXTENDED_KEY_USAGE);
  if (usages.length !== 1 || usages[0] !== LIST_SIGNING || list.issuedAt < signer.from || list.issuedAt > signer.until) {
    throw new TrustListError("trust.signer", "not a certificate for lists, or not at that time");
  }
  return Object.assign(list, { signer: signer.der, sha256: hex(await sha256(document)) });
}

/** The signer of a header that says nothing but algorithm, type and signer, in the spelling that is written. */
function signerOf(text) {
  const header = parsed(text);
  const chain = object(header).x5c;
  const certificate = Array.isArray(chain) && typeof chain[0] === "string" ? chain[0] : "";
  if (text !== JSON.stringify({ alg: "ES256", typ: TYPE, x5c: [certificate] })) { throw new Malformed("another header"); }
  return parseCertificate(fromBase64(certificate));
}

function read(payload) {
  const text = fromUtf8(payload);
  const value = parsed(text);
  if (canonical(value) !== text) { throw new Malformed("not in its canonical form"); }
  const said = members(value, "list", {
    format: (each) => each === FORMAT,
    list_id: matching(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/), authority: name, sequence: within(1, Number.MAX_SAFE_INTEGER),
    issued_at: isMoment, next_update: isMoment, anchors: Array.isArray, intermediates: Array.isArray, crls: Array.isArray,
    next_signers: Array.isArray, timestamp_anchors: Array.isArray, status_signers: Array.isArray, bodies: Array.isArray,
  }, { log: (each) => each instanceof Object });
  const [issuedAt, nextUpdate] = [Date.parse(said.issued_at), Date.parse(said.next_update)];
  if (!(issuedAt < nextUpdate && nextUpdate <= issuedAt + LONGEST) || !said.anchors.length) { throw new Malformed("periods or anchors"); }
  const list = {
    id: said.list_id, authority: said.authority, sequence: said.sequence, issuedAt, nextUpdate,
    anchors: said.anchors.map(certificate), intermediates: said.intermediates.map(certificate),
    nextSigners: said.next_signers.map(certificate), timestampAnchors: said.timestamp_anchors.map(certificate),
    revocations: said.crls.map((each) => parseRevocations(fromBase64(each))),
    statusSigners: said.status_signers.map(certificate), bodies: said.bodies.map(body),
  };
  requireOnce(list.bodies.map((each) => each.code), "a body stands twice");
  requireOnePurpose(list);
  return list;
}

function body(value) {
  const said = members(value, "body", {
    name, code: isCreditCode, level: within(1, 5), seals: Array.isArray, scopes: Array.isArray,
  }, { status_url: (each) => isText(each) && ADDRESS.test(each) && !each.endsWith("/") });
  const seals = said.seals.map(seal);
  if (seals.some((each) => subjectValue(each.certificate, ORGANIZATION_IDENTIFIER) !== `NTRCN-${said.code}`)) {
    throw new Malformed("a seal of another body");
  }
  requireOnce(seals.map((each) => hex(each.certificate.der)), "a seal stands twice");
  return {
    name: said.name, code: said.code, region: said.code.slice(2, 8), statusUrl: said.status_url || null, seals,
    scopes: said.scopes.map(scope),
  };
}

function seal(value) {
  const said = members(value, "seal", { certificate: isText, history: Array.isArray });
  const history = said.history.map((each) => {
    const change = members(each, "state", { state: (state) => Object.keys(AFTER).includes(state), since: isMoment });
    return { state: change.state, since: Date.parse(change.since) };
  });
  if (!history.length || history[0].state !== "in-force") { throw new Malformed("a history that does not begin in force"); }
  history.slice(1).forEach((later, at) => {
    if (later.since <= history[at].since || !AFTER[history[at].state].includes(later.state)) { throw new Malformed("a history out of order"); }
  });
  return { certificate: certificate(said.certificate), history };
}

function scope(value) {
  const said = members(value, "scope", { types: Array.isArray, regions: Array.isArray }, { valid_from: isDay, valid_until: isDay });
  const fits = said.types.length && said.types.every((each) => TYPE_CODE.test(each) && isCreditCode(each.slice(0, 18)));
  if (!fits || !said.regions.length || !said.regions.every(matching(/^[0-9]{2}([0-9]{2}([0-9]{2})?)?$/))) {
    throw new Malformed("a scope");
  }
  return { types: said.types, regions: said.regions, from: said.valid_from || "", until: said.valid_until || "9999-12-31" };
}

/** Whoever steals a key that signs states must not be able to seal, or to certify. */
function requireOnePurpose(list) {
  const seals = list.bodies.reduce((all, each) => all.concat(each.seals), []).map((each) => each.certificate);
  const taken = list.anchors.concat(list.intermediates, list.nextSigners, list.timestampAnchors, seals).map((each) => each.key);
  for (const signer of list.statusSigners) {
    if (taken.some((key) => same(key, signer.key))) { throw new Malformed("a key that serves twice"); }
    taken.push(signer.key);
  }
}

function certificate(text) {
  return parseCertificate(fromBase64(isText(text) ? text : "?"));
}

/** The members of an object: those that must be there, those that may, and no other; each as its check wants it. */
function members(value, what, required, optional) {
  const all = Object.assign({}, required, optional);
  const here = Object.keys(object(value));
  if (!Object.keys(required).every((each) => here.includes(each)) || !here.every((each) => all[each] && all[each](value[each]))) {
    throw new Malformed(`a member of a ${what}`);
  }
  return value;
}

function object(value) {
  if (!(value instanceof Object) || Array.isArray(value)) { throw new Malformed("no object"); }
  return value;
}

function requireOnce(values, problem) {
  if (new Set(values).size !== values.length) { throw new Malformed(problem); }
}

function isText(value) {
  return typeof value === "string";
}

function name(value) {
  const length = isText(value) ? Array.from(value).length : 0;
  return length >= 2 && length <= 60;
}

function matching(form) {
  return (value) => isText(value) && form.test(value);
}

function within(least, most) {
  return (value) => Number.isInteger(value) && value >= least && value <= most;
}

function isMoment(value) {
  const moment = /^[2-8][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(value) ? Date.parse(value) : NaN;
  return !isNaN(moment) && new Date(moment).toISOString() === value.replace("Z", ".000Z");
}

function isDay(value) {
  return isText(value) && isMoment(`${value}T00:00:00Z`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Malformed("not JSON");
  }
}

/** The canonical form of RFC 8785: also tells members that stand twice. */
function canonical(value) {
  if (Array.isArray(value)) { return `[${value.map(canonical).join(",")}]`; }
  if (!(value instanceof Object)) { return JSON.stringify(value); }
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
