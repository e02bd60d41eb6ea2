/* Should somebody rely on a code? Steps, findings and outcomes are those of `license_lib/verification` that stands on a
   trust list: code, issuer, status, validity. What is not proved is never IN_FORCE. */
import { hex, sha256 } from "./bytes.mjs";
import { ORGANIZATION_IDENTIFIER, POLICIES, findPath, listed, subjectValue, verifies } from "./certificates.mjs";
import { CodeError, decode } from "./code.mjs";
import { ask } from "./revocation.mjs";
import { CLOCK_TOLERANCE, StatusListError, requireFresh, stateOf } from "./status_list.mjs";
import { TrustListError } from "./trust_list.mjs";

export const [CODE, ISSUER, STATUS, VALIDITY] = ["code", "issuer", "status", "validity"];
const STEPS = [CODE, ISSUER, STATUS, VALIDITY];
const GENUINE = [CODE, ISSUER];
const DEVELOPMENT_POLICY = "6982cf97a8f69cce92aaf7b3979c98c8ec96b602"; // keys/README.md
const [NO, UNSURE, OVER, STATE_UNSURE, NOTE] = ["not-genuine", "genuine-unknown", "not-in-force", "in-force-unknown", "note"];

/* Two questions: is it genuine, and is it in force? A finding answers one of them with no or with unknown, or it is a note.
   Those of this page alone are `trust.unknown` and `trust.unusable`: elsewhere nobody judges without a list. */
export const EFFECTS = {
  "qr.foreign": UNSURE, "qr.malformed": NO, "qr.version": UNSURE, "qr.presentation": UNSURE, "qr.signature": NO,
  "qr.unknown-key": UNSURE,
  "qr.none": UNSURE, "qr.several": NO,
  "paper.compare": NOTE,
  "trust.unknown": UNSURE, "trust.unusable": UNSURE, "trust.stale": UNSURE,
  "seal.unknown-issuer": UNSURE, "seal.certificate-expired": UNSURE, "seal.certificate-not-yet-valid": UNSURE,
  "seal.revocation-unknown": UNSURE, "seal.revocation-stale": UNSURE, "seal.revoked-no-proof": UNSURE,
  "seal.development": NOTE,
  "issuer.unknown": UNSURE, "issuer.mismatch": NO, "issuer.out-of-scope": NO, "issuer.out-of-region": NO,
  "issuer.out-of-period": NO, "issuer.seal-not-listed": UNSURE, "issuer.seal-not-in-force": NO,
  "issuer.seal-withdrawn-no-proof": UNSURE, "issuer.key-compromised-no-proof": UNSURE,
  "status.unknown": STATE_UNSURE, "status.list-stale": STATE_UNSURE, "status.list-unusable": STATE_UNSURE,
  "bundle.stale": STATE_UNSURE, "bundle.future": STATE_UNSURE,
  "status.suspended": OVER, "status.invalid": OVER,
  "validity.expired": OVER, "validity.not-yet": OVER,
};
const GRAVEST_FIRST = [NO, UNSURE, OVER, STATE_UNSURE, NOTE];

/** Judge the text of a code.

    `evidence` gives the trust list and status lists (evidence.mjs); `now` is in milliseconds since 1970, `maxStaleness` the
    age in milliseconds of the oldest status list to rely on. */
export async function judge(text, evidence, now, maxStaleness) {
  const examination = begun(now);
  const find = (code, params) => examination.findings.push({ code, params: params || {} });
  await step(examination, CODE, () => codeStep(examination, text, evidence, find));
  const { proof, seal } = examination;
  if (proof) {
    find("paper.compare");
    await step(examination, ISSUER, () => issuerStep(examination, seal, find));
    if (GENUINE.every((each) => examination.proved.includes(each))) { // no list is fetched for a stranger's sake
      await step(examination, STATUS, () => statusStep(examination, evidence, maxStaleness, find));
    }
    await step(examination, VALIDITY, () => validityStep(examination, find));
  }
  return concluded(examination);
}

/** A verdict with one finding, on what is not even a code. */
export function refused(code, now) {
  return concluded(Object.assign(begun(now), { findings: [{ code, params: {} }] }));
}

function begun(now) {
  return {
    now, findings: [], proved: [], against: [], proof: null, seal: null, list: null, body: null, states: null, revocationAsOf: null,
  };
}

/** Carry out a step: it proves its part only if it ends without a finding that is more than a note. */
async function step(examination, name, work) {
  const before = examination.findings.length;
  await work();
  const effects = examination.findings.slice(before).map((each) => EFFECTS[each.code]);
  if (effects.every((each) => each === NOTE)) { examination.proved.push(name); }
  if (effects.includes(NO) || effects.includes(OVER)) { examination.against.push(name); }
}

/** A well-formed code, signed with a listed seal key that an anchor vouches for. */
async function codeStep(examination, text, evidence, find) {
  let proof;
  try {
    proof = decode(text);
  } catch (error) {
    if (!(error instanceof CodeError)) { throw error; }
    find(error.code);
    return;
  }
  try {
    examination.list = await evidence.trustList();
  } catch (error) {
    if (!(error instanceof TrustListError)) { throw error; }
    find(error.code === "trust.unknown" ? error.code : "trust.unusable", { why: error.code });
    return;
  }
  const candidates = await sealsOf(examination.list, proof.keyId);
  const signed = await Promise.all(candidates.map((each) => verifies(each.seal.certificate, proof.signature, proof.signed)));
  const signer = candidates.find((each, at) => signed[at]);
  if (!signer) {
    find(candidates.length ? "qr.signature" : "qr.unknown-key");
    return;
  }
  examination.proof = proof;
  examination.seal = signer.seal.certificate;
  await judgePath(examination, signer.seal.certificate, find);
  judgeSeal(examination, find);
  if (listed(signer.seal.certificate, POLICIES).includes(DEVELOPMENT_POLICY)) { find("seal.development"); }
}

/** Every seal with this key id, which is a truncated digest: on a collision each is a candidate. */
async function sealsOf(list, keyId) {
  const all = [];
  for (const body of list.bodies) {
    for (const seal of body.seals) {
      if (hex(await sha256(seal.certificate.der)).startsWith(hex(keyId))) { all.push({ body, seal }); }
    }
  }
  return all;
}

/** An anchor vouches for the seal, its period is not over, and no authority on the path revoked what is below it. */
async function judgePath(examination, certificate, find) {
  const { list, now } = examination;
  const path = await findPath(certificate, list.anchors, list.intermediates, now);
  if (!path) {
    const ever = await findPath(certificate, list.anchors, list.intermediates, certificate.from)
      || await findPath(certificate, list.anchors, list.intermediates, certificate.until);
    if (ever) {
      find(now < certificate.from ? "seal.certificate-not-yet-valid" : "seal.certificate-expired");
    } else {
      find("seal.unknown-issuer");
    }
    return;
  }
  for (let at = 0; at + 1 < path.length; at += 1) {
    const answer = await ask(list.revocations, path[at], path[at + 1], now);
    if (!answer) {
      find("seal.revocation-unknown");
    } else {
      examination.revocationAsOf = Math.min(answer.from, examination.revocationAsOf || Infinity);
      if (answer.since !== null) {
        find("seal.revoked-no-proof", { date: dayOf(answer.since) });
      } else if (answer.until === null || now > answer.until) {
        find("seal.revocation-stale");
      }
    }
  }
}

/** It is one of the body's listed seals, and nothing says that others may have had its key. A code has no time-stamp. */
function judgeSeal(examination, find) {
  const { list, proof, now } = examination;
  if (!isCurrent(list, now)) {
    find("trust.stale", { date: dayOf(list.nextUpdate) });
    return;
  }
  const body = bodyOf(list, proof);
  const seal = body && body.seals.find((each) => each.certificate === examination.seal);
  if (!seal) {
    find(body ? "issuer.seal-not-listed" : "issuer.unknown");
    return;
  }
  const change = seal.history.filter((each) => each.since <= now).pop();
  const date = { date: dayOf((change || seal.history[0]).since) };
  if (!change) { find("issuer.seal-not-in-force", date); }
  if (change && change.state === "compromised") { find("issuer.key-compromised-no-proof", date); }
  if (change && change.state === "withdrawn") { find("issuer.seal-withdrawn-no-proof", date); }
}

/** The seal is the issuing body's own, and the body may issue this type, in its region, on the day of issue. */
function issuerStep(examination, seal, find) {
  const { list, proof, now } = examination;
  if (subjectValue(seal, ORGANIZATION_IDENTIFIER) !== `NTRCN-${proof.identifier.issuer}`) { find("issuer.mismatch"); }
  const body = bodyOf(list, proof);
  if (!isCurrent(list, now)) {
    find("trust.stale", { date: dayOf(list.nextUpdate) });
  } else if (!body) {
    find("issuer.unknown");
  } else {
    examination.body = body;
    const ofType = body.scopes.filter((each) => each.types.includes(proof.identifier.type));
    const ofRegion = ofType.filter((each) => each.regions.some((region) => body.region.startsWith(region)));
    const ofDay = ofRegion.filter((each) => each.from <= proof.issuedOn && proof.issuedOn <= each.until);
    if (!ofType.length) {
      find("issuer.out-of-scope");
    } else if (!ofRegion.length) {
      find("issuer.out-of-region", { region: body.region });
    } else if (!ofDay.length) {
      find("issuer.out-of-period", { date: proof.issuedOn });
    }
  }
}

/** The status list of the body tells that it is neither suspended nor ended. */
async function statusStep(examination, evidence, maxStaleness, find) {
  const { list, body, proof, now } = examination;
  if (!body.statusUrl || !proof.place) {
    find("status.unknown");
    return;
  }
  try {
    const states = await evidence.statusList(proof.place.list, `${body.statusUrl}/status/${proof.place.list}`, list.statusSigners);
    examination.states = states; // also of a list that is too old it is told how old it is
    requireFresh(states, now, maxStaleness);
    const state = stateOf(states, proof.place.index);
    if (state !== "valid") { find(state === "suspended" ? "status.suspended" : "status.invalid"); }
  } catch (error) {
    if (!(error instanceof StatusListError)) { throw error; }
    const told = ["status.unknown", "status.list-stale", "bundle.stale", "bundle.future"].includes(error.code);
    find(told ? error.code : "status.list-unusable", Object.assign({ why: error.code }, error.params));
  }
}

/** Today lies within the period of validity, first and last day included. */
function validityStep({ proof, now }, find) {
  const today = dayOf(now);
  if (today < proof.validFrom) { find("validity.not-yet", { date: proof.validFrom }); }
  if (proof.validUntil !== null && today > proof.validUntil) { find("validity.expired", { date: proof.validUntil }); }
}

function concluded(examination) {
  const { findings, proved } = examination;
  const effects = findings.map((each) => EFFECTS[each.code]);
  const once = findings.filter((each, at) => findings.findIndex((other) => other.code === each.code) === at);
  once.sort((left, right) => GRAVEST_FIRST.indexOf(EFFECTS[left.code]) - GRAVEST_FIRST.indexOf(EFFECTS[right.code]));
  return Object.assign({}, examination, { outcome: outcome(effects, proved), findings: once });
}

/** IN_FORCE only if every step proved its part and no finding speaks against it. */
function outcome(effects, proved) {
  if (effects.includes(NO)) { return "NOT_GENUINE"; }
  if (effects.includes(UNSURE) || !GENUINE.every((each) => proved.includes(each))) { return "UNDETERMINED"; }
  if (effects.includes(OVER)) { return "NOT_IN_FORCE"; }
  return STEPS.every((each) => proved.includes(each)) && !effects.includes(STATE_UNSURE) ? "IN_FORCE" : "UNDETERMINED";
}

function bodyOf(list, proof) {
  return list.bodies.find((each) => each.code === proof.identifier.issuer) || null;
}

function isCurrent(list, now) {
  return list.issuedAt - CLOCK_TOLERANCE <= now && now <= list.nextUpdate;
}

/** The day in China at a moment, YYYY-MM-DD. */
function dayOf(moment) {
  return new Date(moment + 8 * 3600000).toISOString().slice(0, 10);
}
