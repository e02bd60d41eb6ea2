/* Licence identifier 证照标识 (GB/T 36904) and credit code 统一社会信用代码 (GB 32100), strictly. */
import { Malformed } from "./bytes.mjs";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_FORM = /^[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}$/;
const FORM = /^([0-9A-Z]{18}[0-9]{3})([0-9A-Z]{18})([0-9A-Z]{7,32})((?!000)[0-9]{3})([0-9A-Z])$/;

/** The parts of an identifier that is written without root and dots. */
export function fromCompact(text) {
  const found = typeof text === "string" ? FORM.exec(text) : null;
  if (!found || !isCreditCode(found[1].slice(0, 18)) || !isCreditCode(found[2]) || checksum(text) !== 1) {
    throw new Malformed("no licence identifier");
  }
  return { text: ["1.2.156.3005.2"].concat(found.slice(1)).join("."), type: found[1], issuer: found[2] };
}

export function isCreditCode(text) {
  if (!CREDIT_FORM.test(text) || text.slice(8, 17) === "000000000") { return false; }
  let sum = 0;
  let weight = 1;
  for (const letter of text.slice(0, 17)) {
    sum += CREDIT.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT[(31 - (sum % 31)) % 31] === text[17];
}

/** ISO 7064 MOD 37,36: 1 if the check character fits. */
function checksum(text) {
  let check = 18;
  for (const letter of text) {
    check = ((((check || 36) * 2) % 37) + DIGITS.indexOf(letter)) % 36;
  }
  return check;
}
