/* The counter page: one input for everything; what is shown is the answer to what was typed last, or says that it is not. */
import { startScanning } from "../scanning.mjs";
import { listen, tabs } from "./keyboard.mjs";
import { drawAll, enlarge, photographed } from "./pictures.mjs";
import { Sender } from "./sending.mjs";

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const facts = JSON.parse(byId("facts").textContent);
const fields = { item: byId("item"), purpose: byId("purpose"), case: byId("case-number"), applicants: byId("applicants") };
const entry = byId("entry");
const [NUMBER, SHORT] = [/^[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{15,18}$/, 22];
let results = []; // of this applicant
let shown = null;
let last = null; // item and purpose of the applicant before
let suggested = "";

const sender = new Sender(facts, told, changed);
const chooseTab = tabs(document.querySelector("[role=tablist]"));

// -- what is shown ----------------------------------------------------------------------------------------------------

function fromTemplate(id) {
  return byId(id).content.cloneNode(true);
}

function put(id, content) {
  byId(id).replaceChildren(content);
}

function notice(id) {
  byId("notice").hidden = !id;
  byId("notice").replaceChildren(...(id ? [fromTemplate(id)] : []));
}

function say(node) {
  const words = node.cloneNode(true);
  words.querySelectorAll("svg, canvas, .buttons").forEach((each) => each.remove());
  byId("live").replaceChildren(...words.childNodes);
}

/** Nothing of an earlier answer stays beside a later question. */
function clear(template) {
  shown = null;
  put("verdict", fromTemplate(template));
  put("face", fromTemplate("t-no-face"));
  put("history", "");
  marked();
}

function show(article) {
  shown = article;
  article.querySelectorAll("[data-part]").forEach((part) => {
    const place = { verdict: "verdict", face: "face", history: "history", materials: "materials" }[part.dataset.part];
    put(place, part.cloneNode(true));
  });
  if (!article.querySelector("[data-part=face]")) { put("face", fromTemplate("t-no-face")); }
  if (!article.querySelector("[data-part=history]")) { put("history", ""); }
  ["verdict", "face"].forEach((id) => drawAll(byId(id)));
  byId("verdict").scrollTop = 0;
  const title = byId("verdict").querySelector(".headline").parentElement.cloneNode(true);
  byId("verdict").querySelectorAll(".finding .reason").forEach((reason) => title.append(reason.cloneNode(true)));
  say(title);
  marked();
}

function told(sent, content, problem) {
  if (problem) {
    const part = fromTemplate("t-problem");
    part.querySelector("[data-title]").append(both(problem.title_zh, problem.detail || problem.title));
    part.querySelector("[data-hint]").append(both(problem.hint_zh, problem.hint));
    part.querySelector("[data-request]").append(problem.request_id);
    put("verdict", part);
    say(byId("verdict").querySelector("section"));
    return;
  }
  const articles = [...content.querySelectorAll("article")];
  results = results.concat(articles);
  listed();
  if (articles.length) { show(articles[0]); }
  if (sent.fields.text && articles[0].dataset.kind === "list" && !fields.applicants.value.trim() && NUMBER.test(sent.fields.text.trim())) {
    fields.applicants.value = sent.fields.text.trim();
  }
  const first = byId("verdict").querySelector("[data-identifier]");
  if (first && articles[0].dataset.kind === "list") { first.focus(); }
  refresh();
}

function both(zh, en) {
  const made = document.createDocumentFragment();
  [["zh-CN", zh], ["en", en]].forEach(([lang, text]) => {
    const span = document.createElement("span");
    span.lang = lang;
    span.textContent = text;
    made.append(span);
  });
  return made;
}

/** The results of this applicant, to be seen again. */
function listed() {
  byId("results").hidden = results.length < 2;
  byId("results").replaceChildren(...results.map((article, index) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = `chip ${article.dataset.kind}`;
    button.append(article.querySelector(".icon").cloneNode(true), `${index + 1} `, article.querySelector(".headline").cloneNode(true), ` ${article.dataset.title}`);
    button.addEventListener("click", () => show(article));
    item.append(button);
    return item;
  }));
  marked();
}

function marked() {
  byId("results").querySelectorAll("button").forEach((button, index) => {
    button.setAttribute("aria-current", String(results[index] === shown));
    if (results[index] === shown) { button.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  });
}

function changed(state, labels) {
  byId("pending").hidden = !labels.length;
  byId("pending").replaceChildren(...labels.map((label) => {
    const item = document.createElement("li");
    item.append(both("尚未核验：", "Not yet verified: "), label);
    return item;
  }));
  if (state === "working") { clear("t-working"); }
  if (state === "waiting" && !byId("give-up")) { clear("t-waiting"); }
  if (state === "signed-out") { clear("t-session"); }
  if (state === "other-person") {
    start();
    notice("t-other");
  }
  if (["waiting", "signed-out"].includes(state)) { say(byId("verdict").querySelector("section")); }
  if (state === "idle" && byId("verdict").querySelector(".pending")) { clear("t-empty"); }
}

// -- what is asked ----------------------------------------------------------------------------------------------------

function question() {
  const told = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
  told.applicants = told.applicants.split(/[\s,，、;；]+/).filter(Boolean).join("\n");
  return told;
}

/** The case is set before anything is looked up. */
function ready() {
  const missing = [fields.item, fields.purpose].find((field) => field.required && !field.value.trim());
  notice(missing ? "t-need-case" : null);
  if (missing) { missing.focus(); }
  return !missing;
}

/** What a text is called in the list of what is not verified yet: enough to tell it from others, and no number. */
function label(text) {
  const time = new Date().toLocaleTimeString("zh-CN", { hour12: false });
  return `${text.length > SHORT ? "二维码 QR" : `…${text.slice(-4)}`} ${time}`;
}

function look(text) {
  if (!text.trim()) { return; }
  if (!ready()) {
    entry.value = text;
    return;
  }
  entry.value = "";
  sender.add(label(text.trim()), { ...question(), text });
}

function lookAt(file) {
  if (!ready()) { return; }
  if (file.size > facts.limit) {
    notice("t-too-large");
    return;
  }
  sender.add(file.name, question(), file);
}

async function ask(address, more, place) {
  const answer = await sender.ask(address, { ...question(), ...more });
  if (answer.content) {
    if (place) { put(place, answer.content); }
    return answer.content;
  }
  if (answer.signedOut) {
    changed("signed-out", []);
  } else if (answer.problem) {
    byId("notice").hidden = false;
    byId("notice").replaceChildren(both(`${answer.problem.title_zh}。${answer.problem.hint_zh}`, `${answer.problem.title}. ${answer.problem.hint}`));
  } else {
    notice("t-lost");
  }
  return null;
}

async function refresh() {
  const answer = await sender.post("counter/queue");
  if (answer.content) { put("queue", answer.content); }
}

async function save() {
  const held = byId("verdict").querySelector("[data-held]");
  if (!held || !held.value) { return; }
  if (await ask("counter/reports", { held: held.value }, "reports")) {
    notice("t-saved");
    say(byId("notice"));
    chooseTab(byId("tab-reports"));
  }
}

async function seen(what) {
  const held = byId("verdict").querySelector("[data-held]");
  if (!byId("verdict").querySelector("[data-seen]")) { return; }
  const content = await ask("counter/seen", { held: held.value, seen: what }, null);
  if (!content) { return; }
  const article = content.querySelector("article");
  const face = byId("face").firstElementChild;
  results = results.map((each) => (each === shown ? article : each));
  listed();
  show(article);
  if (face) { put("face", face); } // what was compared stays in sight
  refresh();
}

async function materials() {
  if (!ready()) { return; }
  await ask("counter/materials", { identifier: (shown && shown.dataset.license) || "" }, "materials");
}

function start() {
  results = [];
  listed();
  clear("t-empty");
  notice(null);
  put("materials", hint.cloneNode(true));
  put("reports", reportsHint.cloneNode(true));
  chooseTab(byId("tab-queue"));
}

function next() {
  if (sender.entries.length) {
    notice("t-typed-next");
    return;
  }
  if (fields.item.value) { last = { item: fields.item.value, purpose: fields.purpose.value }; }
  Object.values(fields).forEach((field) => { field.value = ""; });
  entry.value = "";
  suggested = "";
  start();
  byId("reuse").hidden = !last;
  fields.item.focus();
}

function reuse() {
  if (!last) { return; }
  fields.item.value = last.item;
  fields.purpose.value = last.purpose;
  byId("reuse").hidden = true;
  fields.case.focus();
}

function suggest() {
  const option = [...byId("items").options].find((each) => each.value === fields.item.value);
  if (option && (!fields.purpose.value || fields.purpose.value === suggested)) {
    suggested = `办理${option.dataset.name}`.slice(0, 120);
    fields.purpose.value = suggested;
  }
}

function camera() {
  byId(byId("camera").hidden ? "stop" : "camera").click();
}

function escape() {
  if (!byId("stop").hidden) { byId("stop").click(); }
  if (byId("large").open) { byId("large").close(); }
  byId("keys").hidden = true;
  byId("keys-button").setAttribute("aria-expanded", "false");
  entry.focus();
  entry.select();
}

function switchLanguage(event) {
  event.preventDefault();
  const to = root.className === "zh" ? "en" : "zh";
  root.className = to;
  root.lang = to === "zh" ? "zh-CN" : "en";
  history.replaceState(null, "", `?lang=${to}`);
}

// -- wiring -----------------------------------------------------------------------------------------------------------

const hint = byId("materials").firstElementChild;
const reportsHint = byId("reports").firstElementChild;
const again = Object.fromEntries([...Array(9).keys()].map((index) => [`Alt+${index + 1}`, () => results[index] && show(results[index])]));
listen({
  Escape: escape, F2: next, F4: save, F8: camera, F9: () => byId("file").click(),
  "Alt+Y": () => seen("same"), "Alt+N": () => seen("different"), "Alt+M": materials, "Alt+L": reuse, ...again,
}, entry, look);

byId("look").addEventListener("submit", (event) => {
  event.preventDefault();
  look(entry.value);
});
byId("case").addEventListener("submit", (event) => event.preventDefault());
entry.addEventListener("compositionstart", () => notice("t-method"));
entry.addEventListener("compositionend", () => notice(null));
byId("file").addEventListener("change", () => {
  [...byId("file").files].forEach(lookAt);
  byId("file").value = "";
  entry.focus();
});
["dragover", "drop", "dragleave"].forEach((kind) => {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.toggle("dropping", kind === "dragover");
    if (kind === "drop") { [...event.dataTransfer.files].forEach(lookAt); }
  });
});
document.addEventListener("paste", (event) => {
  const files = event.clipboardData ? [...event.clipboardData.files] : [];
  if (files.length) {
    event.preventDefault();
    files.forEach(lookAt);
  }
});
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-identifier], [data-seen], [data-save], #give-up, #go-on, canvas[data-drawn]");
  if (!target) { return; }
  if (target.dataset.identifier) { look(target.dataset.identifier); }
  if (target.dataset.seen) { seen(target.dataset.seen); }
  if ("save" in target.dataset) { save(); }
  if (target.id === "give-up") { sender.drop(); }
  if (target.id === "go-on") { sender.resume(); }
  if (target.tagName === "CANVAS") { enlarge(target, byId("large")); }
});
byId("face").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.tagName === "CANVAS") { enlarge(event.target, byId("large")); }
});
byId("large-close").addEventListener("click", () => byId("large").close());
byId("next").addEventListener("click", next);
byId("reuse").addEventListener("click", reuse);
byId("check-materials").addEventListener("click", materials);
byId("language").addEventListener("click", switchLanguage);
fields.item.addEventListener("change", suggest);
fields.case.addEventListener("change", () => ask("counter/case", {}, "reports"));
byId("keys-button").addEventListener("click", () => {
  const open = byId("keys").hidden;
  byId("keys").hidden = !open;
  byId("keys-button").setAttribute("aria-expanded", String(open));
});
addEventListener("beforeunload", (event) => { if (sender.entries.length) { event.preventDefault(); } });
addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
startScanning(facts, async (texts, picture) => {
  const code = texts.find((text) => /\/p#[0-9]{39}$/i.test(text.trim()));
  if (code) { look(code); } else if (picture) { lookAt(await photographed(picture)); }
});
start();
refresh();
entry.focus();
