/* The offline bundle 离线包 (docs/bundle.md): trust list, status lists and revocation lists in one signed file, read as strictly
   as `license_lib/bundle` does. The head of the log in it is left alone: no verdict on a code stands on it. */
import { Malformed, hex, joined, same, sha256 } from "./bytes.mjs";
import { read as readCbor } from "./cbor.mjs";
import { parse as parseCertificate, verifies } from "./certificates.mjs";
import { isBytes, head, opened as openedMessage, parts as partsOf, spelt, wholeKeyed } from "./cose.mjs";
import { parse as parseRevocations } from "./revocation.mjs";
import { CLOCK_TOLERANCE } from "./status_list.mjs";
import { open as openTrustList } from "./trust_list.mjs";

export const MAX_BYTES = 32 * 1024 * 1024;
const MEDIA_TYPE = "application/license-bundle+cose";
const VERSION = 1;
const [MOST_MANIFEST, MOST_PARTS, MOST_PART] = [512 * 1024, 1024, 8 * 1024 * 1024];
const [MANIFEST, PARTS, BASE] = [1, 2, 3];
const DEPTH = 2;
const SMALL_MAP = 0xb7; // the first byte of a map of 23 members, the most that stand in it
const [TRUST_LIST, STATUS_LIST, REVOCATIONS, CHECKPOINT] = ["trust-list", "status-list", "crl", "checkpoint"];
const KINDS = [TRUST_LIST, STATUS_LIST, REVOCATIONS, CHECKPOINT];
const LAST_MOMENT = 253402300799; // the end of the year 9999, in seconds

/** A bundle that is not accepted, with the code that says why; `trust_list.TrustListError` tells of the list in it. */
export class BundleError extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

/** A whole bundle by one of `pins` (as for `trust_list.open`). Whether it is fresh, depends on the day. */
export async function open(data, pins) {
  return strictly(async () => {
    const found = await fileOf(data);
    if (found.base) { throw new BundleError("bundle.delta", "a delta without its base"); }
    return opened(found, pins);
  });
}

/** Go on from an opened bundle to a newer one, whole or a delta. The same again changes nothing. */
export async function update(old, data, pins) {
  return strictly(async () => {
    const found = await fileOf(data);
    const next = await opened(found.base ? applied(found, old) : found, pins);
    if (next.listId !== old.listId) { throw new BundleError("bundle.base", "another city's"); }
    const back = next.sequence <= old.sequence || next.madeAt < old.madeAt || next.trustList.sequence < old.trustList.sequence;
    if (next.digest !== old.digest && back) { throw new BundleError("bundle.rollback", "older, or of the same number"); }
    return next;
  });
}

/** Why it is not relied on at a moment: `bundle.future`, `bundle.stale`, or null. */
export function fault(bundle, now, maxStaleness) {
  if (bundle.madeAt > now + CLOCK_TOLERANCE) { return "bundle.future"; }
  return now >= bundle.goodUntil || now - bundle.madeAt > maxStaleness ? "bundle.stale" : null;
}

/** The whole file, the very bytes that were published, also of a bundle that a delta led to. */
export function encoded(bundle) {
  const parts = bundle.parts.map((each) => spelt(bundle.contents.get(each.digest)));
  return joined(Uint8Array.of(0xa2, MANIFEST), spelt(bundle.message), Uint8Array.of(PARTS), head(0x80, parts.length), ...parts);
}

async function strictly(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Malformed) { throw new BundleError("bundle.format", error.message); }
    throw error;
  }
}

/** A file of either form: its manifest, its parts by digest in their order, and the base of a delta. */
async function fileOf(data) {
  if (data.length > MAX_BYTES || data[0] > SMALL_MAP) { throw new Malformed("too large, or no map of a few members"); }
  const said = wholeKeyed(readCbor(data, DEPTH), "not a map");
  const manifest = await manifestOf(said.get(MANIFEST)); // first: of a newer version, all else may differ
  const [given, base] = [said.get(PARTS), said.get(BASE)];
  if (!Array.isArray(given) || !given.every(isBytes)) { throw new Malformed("no parts"); }
  const contents = await contentsOf(manifest.parts, given);
  const whole = base === undefined;
  if (said.size !== (whole ? 2 : 3) || !(whole || (isBytes(base) && base.length === 32))) { throw new Malformed("other members"); }
  if (whole && contents.size !== manifest.parts.length) { throw new Malformed("it lacks a part"); }
  return Object.assign(manifest, { contents, base: whole ? null : hex(base) });
}

async function manifestOf(message) {
  if (!isBytes(message) || message.length > MOST_MANIFEST) { throw new Malformed("no manifest, or too large a one"); }
  const parts = partsOf(message);
  const said = wholeKeyed(readCbor(parts.payload), "the manifest is not a map");
  const version = said.get(0);
  if (typeof version === "number" && version > VERSION) { throw new BundleError("bundle.version", "of a newer version"); }
  if (version !== VERSION) { throw new Malformed("no version"); }
  const { header, signed, signature } = openedMessage(parts);
  if (header.size !== 2 || header.get(16) !== MEDIA_TYPE || !isBytes(header.get(33))) { throw new Malformed("another header"); }
  if (said.size !== 6 || ![1, 2, 3, 4, 5].every((each) => said.has(each))) { throw new Malformed("other members"); }
  const [listId, sequence, made, until, named] = [1, 2, 3, 4, 5].map((each) => said.get(each));
  const right = matches(listId, /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/) && within(sequence, 1, Number.MAX_SAFE_INTEGER)
    && within(made, 0, LAST_MOMENT) && within(until, 0, LAST_MOMENT) && made < until;
  if (!right || !Array.isArray(named) || !within(named.length, 1, MOST_PARTS)) { throw new Malformed("a member of the manifest"); }
  return {
    message, signed, signature, signer: header.get(33), digest: hex(await sha256(message)),
    listId, sequence, madeAt: made * 1000, goodUntil: until * 1000, parts: partsIn(named, listId),
  };
}

function partsIn(named, listId) {
  const parts = named.map((each) => {
    const [kind, name, digest, size] = Array.isArray(each) && each.length === 4 ? each : [];
    const right = KINDS.includes(kind) && matches(name, /^[!-~]{1,300}$/) && isBytes(digest) && digest.length === 32;
    if (!right || !within(size, 1, MOST_PART)) { throw new Malformed("a part"); }
    return { kind, name, digest: hex(digest), size };
  });
  const count = (kind) => parts.filter((each) => each.kind === kind).length;
  if (parts[0].kind !== TRUST_LIST || parts[0].name !== listId || count(TRUST_LIST) !== 1) { throw new Malformed("no trust list first"); }
  const once = (values) => new Set(values).size === parts.length;
  if (count(CHECKPOINT) > 1 || !once(parts.map((each) => `${each.kind} ${each.name}`)) || !once(parts.map((each) => each.digest))) {
    throw new Malformed("a part twice");
  }
  return parts;
}

/** Parts by digest: each is named in the manifest, with its size, and they come in its order. */
async function contentsOf(named, given) {
  const contents = new Map();
  let at = 0;
  for (const bytes of given) {
    const digest = hex(await sha256(bytes));
    while (at < named.length && !(named[at].digest === digest && named[at].size === bytes.length)) { at += 1; }
    if (at === named.length) { throw new Malformed("a part that the manifest does not name, or not there"); }
    contents.set(digest, bytes);
    at += 1;
  }
  return contents;
}

/** The whole that a delta leads to from its base. */
function applied(delta, old) {
  if (delta.base !== old.digest) { throw new BundleError("bundle.base", "it goes on from another bundle"); }
  const lacking = delta.parts.map((each) => each.digest).filter((each) => !old.parts.some((had) => had.digest === each));
  if (lacking.join() !== Array.from(delta.contents.keys()).join()) { throw new Malformed("other parts than the base lacks"); }
  const contents = new Map(delta.parts.map(({ digest }) => [digest, delta.contents.get(digest) || old.contents.get(digest)]));
  return Object.assign({}, delta, { contents, base: null });
}

/** The pinned signer vouches for the trust list, which names who may sign the manifest. */
async function opened(bundle, pins) {
  const document = bundle.contents.get(bundle.parts[0].digest);
  const trustList = await openTrustList(document, pins);
  if (trustList.id !== bundle.listId) { throw new Malformed("another city's trust list"); }
  const signer = trustList.statusSigners.find((each) => same(each.der, bundle.signer));
  if (!signer || bundle.madeAt < signer.from || bundle.madeAt > signer.until) {
    throw new BundleError("bundle.signer", "signed by nobody whom its trust list names for that, or not at that time");
  }
  if (!await verifies(signer, bundle.signature, bundle.signed)) { throw new BundleError("bundle.signature", "not signed by it"); }
  const of = (kind) => bundle.parts.filter((each) => each.kind === kind).map((each) => [each.name, bundle.contents.get(each.digest)]);
  return Object.assign(bundle, {
    document, trustList, statusLists: new Map(of(STATUS_LIST)), revocations: of(REVOCATIONS).map((each) => parseRevocations(each[1])),
  });
}

function matches(value, form) {
  return typeof value === "string" && form.test(value);
}

function within(value, least, most) {
  return typeof value === "number" && value >= least && value <= most;
}
