// Asks the judge of the page, under node: stdin says what, stdout what it answered. No line of the page is changed.
import { readFileSync } from "node:fs";
import { Malformed, fromHex, hex } from "../../verify_api/pages/assets/judging/bytes.mjs";
import { CodeError, decode } from "../../verify_api/pages/assets/judging/code.mjs";
import { evidenceOf } from "../../verify_api/pages/assets/judging/evidence.mjs";
import { table } from "../../verify_api/pages/assets/judging/gbk.mjs";
import { inflate } from "../../verify_api/pages/assets/judging/inflate.mjs";
import { EFFECTS, judge } from "../../verify_api/pages/assets/judging/verdict.mjs";

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
  inflate: () => asked.packed.map(unpacked),
  gbk: () => Object.fromEntries(table()),
  effects: () => EFFECTS,
};
process.stdout.write(JSON.stringify(await answers[asked.what]()));
