/* The evidence that a judgement stands on, from several sources: of what each gives, the newest that is to be believed.

   A source has a `name` and answers `trustList()` and `statusList(number)` with `{ bytes, at }` (when they were had, in
   milliseconds since 1970) or null; it never fails. One that has `keep(kind, bytes, at)` is told what to keep. The network
   and this device's store are sources, and so may be a file in which all of it stands. */
import { StatusListError, open as openStatusList } from "./status_list.mjs";
import { TrustListError, open as openTrustList } from "./trust_list.mjs";

/** Evidence for `verdict.judge`; `pins` as for `trust_list.open`. */
export function evidenceOf(sources, pins, now) {
  return {
    trustList: () => newest(sources, "trust-list", (source) => source.trustList(), {
      open: (bytes) => openTrustList(bytes, pins),
      isNewer: (one, other) => one.sequence > other.sequence, // an older one is a replay
      missing: new TrustListError("trust.unknown", "there is none"),
      Fault: TrustListError,
    }),
    statusList: (number, uri, signers) => newest(sources, `status-${number}`, (source) => source.statusList(number), {
      open: (bytes) => openStatusList(bytes, uri, signers, now),
      isNewer: (one, other) => one.issuedAt > other.issuedAt,
      missing: new StatusListError("status.unknown"),
      Fault: StatusListError,
    }),
  };
}

/** The newest list that can be opened, with `source` and `at` of where it came from; the first fault if none can. */
async function newest(sources, kind, ask, { open, isNewer, missing, Fault }) {
  const answers = await Promise.all(sources.map(ask));
  let best = null;
  let fault = null;
  for (let at = 0; at < sources.length; at += 1) {
    try {
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
  for (const source of sources) {
    if (source.keep && source.name !== best.source) { await source.keep(kind, best.bytes, best.at); }
  }
  return best;
}
