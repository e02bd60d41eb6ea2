// Asks the judge of the page, under node: stdin says what, stdout what it answered. No line of the page is changed.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import * as bundles from "../../verify_api/pages/assets/judging/bundle.mjs";
import { Malformed, fromHex, hex, sha256 } from "../../verify_api/pages/assets/judging/bytes.mjs";
import { CodeError, decode } from "../../verify_api/pages/assets/judging/code.mjs";
import { bundled, evidenceOf } from "../../verify_api/pages/assets/judging/evidence.mjs";
import { table } from "../../verify_api/pages/assets/judging/gbk.mjs";
import { inflate } from "../../verify_api/pages/assets/judging/inflate.mjs";
import { TrustListError } from "../../verify_api/pages/assets/judging/trust_list.mjs";
import { EFFECTS, judge } from "../../verify_api/pages/assets/judging/verdict.mjs";

globalThis.crypto ??= webcrypto; // as browsers have it; node has it since version 19

function read(text) {
  try {
    const proof = decode(text);
    return {
      identifier: proof.identifier.text,
      issued_on: proof.issuedOn,
      valid_from: proof.validFrom,
      valid_until: proof.validUntil,
      digest: hex(proof.digest),
      public: Object.fromEntries(proof.shown),
      key_id: hex(proof.keyId),
      status: proof.place && [proof.place.list, proof.place.index],
      signed: hex(proof.signed),
      signature: hex(proof.signature),
    };
  } catch (error) {
    if (error instanceof CodeError) { return { refused: error.code }; }
    throw error;
  }
}

/** A source of evidence that holds what the test gives it: base64 of a trust list, and of status lists by number. */
function source(held) {
  const had = (text) => Promise.resolve(text === undefined || text === null ? null : { bytes: Buffer.from(text, "base64"), at: 0 });
  return { name: "test", trustList: () => had(held.trust_list), statusList: (number) => had(held.status_lists[number]) };
}

async function judged(one) {
  const evidence = evidenceOf((one.sources || [one]).map(source), one.pins, one.now);
  const said = await judge(one.text, evidence, one.now, one.max_staleness);
  return { outcome: said.outcome, findings: said.findings, proved: said.proved, against: said.against, read: said.proof && said.proof.identifier.text };
}

/** A bundle, or a base and what updates it, and codes that are judged by it; or why it is refused. */
async function unbundled({ data, base, pins, now, max_staleness: maxStaleness, texts }) {
  try {
    const old = base && await bundles.open(Buffer.from(base, "base64"), pins);
    const bytes = new Uint8Array(Buffer.from(data, "base64"));
    const mayFollow = old && [old.trustList.signer].concat(old.trustList.nextSigners.map((each) => each.der));
    const opened = old ? await bundles.update(old, bytes, await Promise.all(mayFollow.map(fingerprint))) : await bundles.open(bytes, pins);
    const verdicts = [];
    for (const text of texts) {
      verdicts.push(await judge(text, evidenceOf([bundled(opened, now, maxStaleness)], pins, now), now, maxStaleness));
    }
    return {
      digest: opened.digest, sha256: hex(await sha256(bundles.encoded(opened))), list_id: opened.listId, sequence: opened.sequence,
      made: opened.madeAt, good_until: opened.goodUntil, parts: opened.parts.map((each) => [each.kind, each.name, each.digest, each.size]),
      verdicts: verdicts.map((each) => ({ outcome: each.outcome, findings: each.findings })),
    };
  } catch (error) {
    if (error instanceof bundles.BundleError || error instanceof TrustListError) { return { refused: error.code }; }
    throw error;
  }
}

async function fingerprint(der) {
  return hex(await sha256(der));
}

function unpacked({ data, size }) {
  try {
    return hex(inflate(fromHex(data), size));
  } catch (error) {
    if (error instanceof Malformed) { return null; }
    throw error;
  }
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = {
  read: () => asked.texts.map(read),
  judge: () => Promise.all(asked.questions.map(judged)),
  bundles: () => Promise.all(asked.bundles.map(unbundled)),
  inflate: () => asked.packed.map(unpacked),
  gbk: () => Object.fromEntries(table()),
  effects: () => EFFECTS,
};
process.stdout.write(JSON.stringify(await answers[asked.what]()));
