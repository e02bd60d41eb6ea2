/* Certificate revocation lists 证书吊销列表 (RFC 5280 §5): complete lists of the issuer itself, and how fresh they are. */
import { Malformed, same } from "./bytes.mjs";
import { SIGNS_LISTS, extensions, isSignedBy, mayUseFor } from "./certificates.mjs";
import { ENUMERATED, INTEGER, SEQUENCE, bits, expected, oid, only, sequence, time, within } from "./der.mjs";

const UNDERSTOOD = ["551d14", "551d23", "551d3c"]; // number, authority key identifier, expiredCertsOnCRL
const REASON = "551d15";
const ON_HOLD = 6;

/** A list that was read; nothing of it is judged. */
export function parse(der) {
  const [signed, algorithm, signature, ...more] = sequence(der);
  const fields = within(expected(signed, SEQUENCE));
  if (more.length || !algorithm || fields.length < 4 || expected(fields[0], INTEGER)[0] !== 1 || !same(fields[1].whole, algorithm.whole)) {
    throw new Malformed("no revocation list of version 2");
  }
  const rest = fields.slice(4);
  const isTime = rest[0] && (rest[0].tag === 0x17 || rest[0].tag === 0x18);
  const until = isTime ? time(rest.shift()) : null;
  const entries = rest[0] && rest[0].tag === SEQUENCE ? within(rest.shift().content).map(entry) : [];
  return {
    issuer: fields[2].whole,
    from: time(fields[3]),
    until,
    entries,
    extensions: rest[0] && rest[0].tag === 0xa0 ? extensions(rest[0].content) : new Map(),
    signed: signed.whole,
    algorithm: oid(within(algorithm.content)[0]),
    signature: bits(signature),
  };
}

function entry(element) {
  const [serial, since, more] = within(expected(element, SEQUENCE));
  const reason = more ? extensions(more.whole).get(REASON) : null;
  return {
    serial: expected(serial, INTEGER), since: time(since), onHold: Boolean(reason) && only(reason.value, ENUMERATED).content[0] === ON_HOLD,
  };
}

/** What is known of a certificate: null, or `from` and `until` of the list, and since when it is revoked (or null).

    The newest list decides, but a revocation is for good unless it was a mere hold. */
export async function ask(lists, certificate, issuer, at) {
  const answers = [];
  for (const list of lists) {
    if (same(list.issuer, certificate.issuer) && await isUsable(list, issuer)) {
      const revoked = revokedBy(list, certificate, at);
      if (revoked || certificate.until >= list.from) {
        answers.push({ from: list.from, until: list.until, since: revoked && revoked.since, onHold: Boolean(revoked && revoked.onHold) });
      }
    }
  }
  answers.sort((left, right) => right.from - left.from || (right.since !== null) - (left.since !== null));
  return answers.find((answer) => answer.since !== null && !answer.onHold) || answers[0] || null;
}

async function isUsable(list, issuer) {
  const whole = Array.from(list.extensions.keys()).every((name) => UNDERSTOOD.includes(name)); // no delta, no part
  return whole && mayUseFor(issuer, SIGNS_LISTS) && isSignedBy(list, issuer);
}

function revokedBy(list, certificate, at) {
  const found = list.entries.find((each) => same(each.serial, certificate.serial));
  return found && found.since <= at ? found : null;
}
