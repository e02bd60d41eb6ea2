/* A verdict as a page: words, shape and colour, what was read, what that stands on, and what was not looked at.

   Everything becomes text and never markup: what a code says is a stranger's. */

const SHAPES = { // as in result.html
  IN_FORCE: [["circle", { cx: 24, cy: 24, r: 22 }], "m13 25 8 8 15-18"],
  NOT_IN_FORCE: [["rect", { x: 3, y: 3, width: 42, height: 42, rx: 4 }], "M12 24h24"],
  NOT_GENUINE: [["path", { d: "M15 2h18l13 13v18L33 46H15L2 33V15Z" }], "m15 15 18 18M33 15 15 33"],
  UNDETERMINED: [["path", { d: "M24 2 46 24 24 46 2 24Z" }], "M18 19c0-8 12-8 12 0 0 5-6 5-6 10M24 34v3"],
};
const SVG = "http://www.w3.org/2000/svg";
const REPORT = [
  "发现可疑证照：不予采信，保留纸件，并向照面所载颁发机构或 12345 政务服务便民热线反映。",
  "A licence that looks forged: do not rely on it, keep the paper, and report it to the issuing body on its face or to the government service line 12345.",
];

/** An element with attributes and children: elements, or texts. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.keys(attributes || {}).forEach((each) => made.setAttribute(each, attributes[each]));
  children.forEach((child) => made.append(child));
  return made;
}

/** The same in Chinese and English, of which the style sheet shows one. */
export function both(zh, en) {
  const made = document.createDocumentFragment();
  made.append(element("span", { lang: "zh-CN" }, zh), element("span", { lang: "en" }, en));
  return made;
}

/** A moment in Beijing time, to the minute. */
export function moment(time) {
  return new Date(time + 8 * 3600000).toISOString().slice(0, 16).replace("T", " ");
}

/** How long ago, in two languages. */
export function ago(span) {
  const minutes = Math.max(0, Math.floor(span / 60000));
  if (minutes < 1) { return ["刚刚", "just now"]; }
  if (minutes < 90) { return [`${minutes} 分钟前`, `${minutes} minute${minutes > 1 ? "s" : ""} ago`]; }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? [`${hours} 小时前`, `${hours} hours ago`] : [`${Math.round(hours / 24)} 天前`, `${Math.round(hours / 24)} days ago`];
}

/** All of a verdict. */
export function shown(verdict, words) {
  const page = document.createDocumentFragment();
  page.append(head(verdict, words));
  if (verdict.proof) { page.append(face(verdict, words), bounds(verdict)); }
  page.append(grounds(verdict, words));
  return page;
}

function head(verdict, words) {
  const kind = verdict.outcome.toLowerCase().replace(/_/g, "-");
  const [zh, en] = words.outcomes[verdict.outcome];
  const named = element("span", { id: "words" }, both(zh, en));
  const small = element("small", {}, both("二维码", "QR code"));
  const section = element("section", { class: `verdict ${kind}`, "aria-labelledby": "outcome", "data-outcome": verdict.outcome },
    element("h2", { id: "outcome", tabindex: "-1" }, icon(verdict.outcome), element("span", {}, small, named)));
  const notes = verdict.findings.filter((each) => each.note);
  verdict.findings.filter((each) => !each.note).forEach((each) => {
    const [text, textEn, remedy, remedyEn] = told(each, words);
    section.append(element("div", { class: "finding", "data-code": each.code },
      element("p", { class: "reason" }, both(text, textEn)), element("p", { class: "remedy" }, both(remedy, remedyEn))));
  });
  if (verdict.outcome === "IN_FORCE") {
    const { proof, body } = verdict;
    section.append(element("p", { class: "until" }, both("颁发机构：", "Issued by: "), body.name, element("br"), both("有效期限：", "Validity: "), validity(proof)));
  }
  if (verdict.states) {
    section.append(element("p", { class: "fresh" }, both(
      `状态截至 ${moment(verdict.states.issuedAt)}（${ago(verdict.now - verdict.states.issuedAt)[0]}）`,
      `State as of ${moment(verdict.states.issuedAt)} (${ago(verdict.now - verdict.states.issuedAt)[1]})`)));
  }
  if (verdict.outcome === "UNDETERMINED") { section.append(element("p", {}, both("既未证实有效，也未证实无效。", "It was shown neither to be good nor to be bad."))); }
  if (verdict.outcome === "NOT_GENUINE") { section.append(element("p", { class: "report" }, both(...REPORT))); }
  notes.forEach((each) => {
    const [text, textEn] = told(each, words);
    section.append(element("p", { class: "note", "data-code": each.code }, element("strong", {}, both("注意", "Note")), " ", both(text, textEn)));
  });
  return section;
}

/** Texts of a finding, with the values that they name. */
function told(finding, words) {
  const readable = (value) => (/^[0-9-]{10}T/.test(value) ? moment(Date.parse(value)) : value);
  const value = (whole, name) => (finding.params[name] === undefined ? "—" : readable(finding.params[name]));
  return words.findings[finding.code].map((text) => text.replace(/\{([a-z]+)\}/g, value));
}

function icon(outcome) {
  const [[name, attributes], mark] = SHAPES[outcome];
  const drawn = (kind, given) => {
    const made = document.createElementNS(SVG, kind);
    Object.keys(given).forEach((each) => made.setAttribute(each, given[each]));
    return made;
  };
  const made = drawn("svg", { class: "icon", viewBox: "0 0 48 48", "aria-hidden": "true" });
  made.append(drawn(name, attributes), drawn("path", { class: "mark", d: mark }));
  return made;
}

/** What the code says: its signature is right, or nothing of it is shown. */
function face(verdict, words) {
  const { proof, body, outcome } = verdict;
  const type = words.types[proof.identifier.type] || { name: proof.identifier.type, labels: {} };
  const sure = outcome === "IN_FORCE" || outcome === "NOT_IN_FORCE";
  const title = sure ? ["二维码所载内容", "What the code says"] : ["所载内容（未获证实，不得采信）", "What it says (not proved: do not rely on it)"];
  const rows = [row(["证照名称", "Licence"], type.name)];
  proof.shown.forEach(([code, text]) => rows.push(row(type.labels[code] || words.labels[code] || [code, code], text)));
  rows.push(
    row(["颁发机构", "Issued by"], body ? body.name : proof.identifier.issuer),
    row(["颁发日期", "Date of issue"], proof.issuedOn),
    row(["有效期限", "Validity"], validity(proof)),
    row(["证照标识", "Identifier"], foldable(proof.identifier.text)),
  );
  return element("section", { class: "card", "aria-labelledby": "face" },
    element("h2", { id: "face" }, both(...title)),
    element("p", {}, both(
      "二维码可能被复制到别的纸上：请逐项比对纸面，有任何一项不同，即不予采信。",
      "A code can be copied onto other paper: compare each line with the paper. If any of them differs, do not rely on it.")),
    element("dl", { class: "face" }, ...rows));
}

function row(name, value) {
  return element("div", {}, element("dt", {}, both(...name)), element("dd", {}, value));
}

function validity(proof) {
  return proof.validUntil === null
    ? both(`${proof.validFrom} 起，长期`, `from ${proof.validFrom}, no end date`)
    : both(`${proof.validFrom} 至 ${proof.validUntil}`, `${proof.validFrom} to ${proof.validUntil}`);
}

/** An identifier may break after its dots. */
function foldable(text) {
  const made = document.createDocumentFragment();
  text.split(".").forEach((part, at) => made.append(at ? "." : "", at ? element("wbr") : "", part));
  return made;
}

/** What was proved, and what nobody looked at. */
function bounds(verdict) {
  const list = element("ul", { class: "bounds" });
  [
    ["code", ["二维码由所载印章的密钥签发，内容未被改动", "The code was signed with the key of that seal, and was not changed"],
      ["二维码不是由所载印章的密钥签发", "The code was not signed with the key of that seal"]],
    ["issuer", ["印章属于颁发机构，该机构有权颁发此类证照", "The seal is the issuing body's, which may issue this type"],
      ["印章不属于颁发机构，或该机构无权颁发此证照", "The seal is not the issuing body's, or that may not issue this licence"]],
    ["status", ["状态名单载明既未失效，也未暂扣", "The status list says that it has neither ended nor been suspended"],
      ["状态名单载明已失效，或已暂扣", "The status list says that it has ended, or is suspended"]],
    ["validity", ["今天在有效期内", "Today is within its validity"], ["今天不在有效期内", "Today is not within its validity"]],
  ].forEach(([name, as, otherwise]) => {
    const [kind, mark] = result(verdict, name);
    list.append(bound(kind, mark, ...(kind === "against" ? otherwise : as)));
  });
  list.append(
    bound("open", ["没有查看", "Not looked at"], "纸面本身：请逐项比对纸面与上列内容", "the paper itself: compare these fields with the paper"),
    bound("open", ["没有查看", "Not looked at"], "出示者是否持证人，是否另有复印件", "whether who shows it is its holder, and whether there are copies"),
  );
  return element("section", { class: "card", "aria-labelledby": "bounds" },
    element("h2", { id: "bounds" }, both("证实了什么，没有证实什么", "What was proved, and what was not")), list);
}

function bound(kind, mark, zh, en) {
  return element("li", { class: kind }, element("strong", {}, both(`${mark[0]}：`, `${mark[1]}: `)), both(zh, en));
}

/** What a step came to: a class, and words. */
function result({ proved, against }, name) {
  if (proved.includes(name)) { return ["proved", ["已证实", "Proved"]]; }
  return against.includes(name) ? ["against", ["不符合", "Against it"]] : ["open", ["未证实", "Not proved"]];
}

/** What the verdict stands on, and how old that is. */
function grounds(verdict, words) {
  const { list, states, now } = verdict;
  const rows = [row(["核验时间（本机时钟）", "Verified at (this device's clock)"], moment(now))];
  if (list) {
    rows.push(row(["信任名单", "Trust list"], lines(
      both(`${list.authority}，第 ${list.sequence} 号`, `${list.authority}, number ${list.sequence}`),
      period(list.issuedAt, list.nextUpdate), had(list, now))));
  }
  if (states) {
    rows.push(row(["状态名单", "Status list"], lines(period(states.issuedAt, states.expiresAt), had(states, now))));
  }
  if (verdict.revocationAsOf) { rows.push(row(["印章证书吊销信息截至", "Certificate revocation data of"], moment(verdict.revocationAsOf))); }
  const steps = element("ol");
  Object.keys(words.steps).forEach((each) => {
    const [kind, told] = result(verdict, each);
    const [zh, en] = words.steps[each];
    steps.append(element("li", { class: kind }, both(`${zh} — ${told[0]}`, `${en} — ${told[1].toLowerCase()}`)));
  });
  const summary = element("summary", {}, both("核验步骤", "Steps of the verification"));
  return element("section", { class: "card", "aria-labelledby": "evidence" },
    element("h2", { id: "evidence" }, both("依据", "Evidence")),
    element("dl", {}, ...rows),
    element("p", { class: "fine" }, both("均为北京时间。在本机核验，二维码内容没有发送。", "Times are Beijing time. Verified on this device; what the code says was not sent.")),
    element("details", {}, summary, steps));
}

/** When a list was signed, and until when it is good. */
function period(from, until) {
  return both(`${moment(from)} 签发，可用至 ${moment(until)}`, `of ${moment(from)}, good until ${moment(until)}`);
}

/** When this device had a list, and from where. */
function had(list, now) {
  const [zh, en] = ago(now - list.at);
  if (list.source === "bundle") { return both(`来自离线包，${zh}制作`, `from the offline bundle, made ${en}`); }
  return list.source === "network" ? both("刚刚从服务器获取", "fetched from the server just now") : both(`${zh}获取，存于本机`, `fetched ${en}, kept on this device`);
}

function lines(...parts) {
  const made = document.createDocumentFragment();
  parts.forEach((part) => made.append(element("div", {}, part)));
  return made;
}
