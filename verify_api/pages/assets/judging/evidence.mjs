/* The evidence that a judgement stands on, from several sources: of what each gives, the newest that is to be believed.

   A source has a `name` and answers `trustList()` and `statusList(number, uri)` with `{ bytes, at }` (when they were had, in
   milliseconds since 1970), null, or `{ fault }`, an error; it never fails. One that has `keep(kind, bytes, at)` is told what
   the network gave that is newest. `revocations` are lists beside those in the trust list. The network and this device's store are sources, and so is
   an offline bundle, in which all of it stands. */
import { fault } from "./bundle.mjs";
import { StatusListError, open as openStatusList } from "./status_list.mjs";
import { TrustListError, open as openTrustList } from "./trust_list.mjs";

/** Evidence for `verdict.judge`; `pins` as for `trust_list.open`. */
export function evidenceOf(sources, pins, now) {
  return {
    trustList: async () => withRevocations(sources, await newest(sources, "trust-list", (source) => source.trustList(), {
      open: (bytes) => openTrustList(bytes, pins),
      isNewer: (one, other) => one.sequence > other.sequence, // an older one is a replay
      missing: new TrustListError("trust.unknown", "there is none"),
      Fault: TrustListError,
    })),
    statusList: (number, uri, signers) => newest(sources, `status-${number}`, (source) => source.statusList(number, uri), {
      open: (bytes) => openStatusList(bytes, uri, signers, now),
      isNewer: (one, other) => one.issuedAt > other.issuedAt,
      missing: new StatusListError("status.unknown"),
      Fault: StatusListError,
    }),
  };
}

/** A bundle as a source. One that is not to be relied on now tells no states. */
export function bundled(bundle, now, maxStaleness) {
  const code = fault(bundle, now, maxStaleness);
  const stated = (bytes) => (bytes ? { bytes, at: bundle.madeAt } : null);
  return {
    name: "bundle",
    revocations: bundle.revocations,
    trustList: () => Promise.resolve({ bytes: bundle.document, at: bundle.madeAt }),
    statusList: (number, uri) => Promise.resolve(code
      ? { fault: new StatusListError(code, { date: new Date(bundle.madeAt).toISOString().replace(".000Z", "+00:00") }) }
      : stated(bundle.statusLists.get(uri))),
  };
}

/** Each revocation list proves itself where it is used: who signed it, and for whom. */
function withRevocations(sources, list) {
  const more = sources.reduce((all, source) => all.concat(source.revocations || []), []);
  return Object.assign(list, { revocations: list.revocations.concat(more) });
}

/** The newest list that can be opened, with `source` and `at` of where it came from; the first fault if none can. */
async function newest(sources, kind, ask, { open, isNewer, missing, Fault }) {
  const answers = await Promise.all(sources.map(ask));
  let best = null;
  let fault = null;
  for (let at = 0; at < sources.length; at += 1) {
    try {
      if (answers[at] && answers[at].fault) { throw answers[at].fault; }
      const list = answers[at] && await open(answers[at].bytes);
      if (list && (best === null || isNewer(list, best))) {
        best = Object.assign(list, { source: sources[at].name, at: answers[at].at, bytes: answers[at].bytes });
      }
    } catch (error) {
      if (!(error instanceof Fault)) { throw error; }
      fault = fault || error;
    }
  }
  if (best === null) { throw fault || missing; }
  if (best.source === "network") {
    for (const source of sources) {
      if (source.keep) { await source.keep(kind, best.bytes, best.at); }
    }
  }
  return best;
}
