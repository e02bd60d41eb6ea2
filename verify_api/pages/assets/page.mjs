/* The page behind the code: judges what stands in the address, what is typed, scanned or photographed, on this device;
   hands files in to the server; switches languages. Written for the browsers of 2019, as `judging` is. */
import { keptBundle } from "./bundles.mjs";
import { presented } from "./judging/code.mjs";
import { bundled, evidenceOf } from "./judging/evidence.mjs";
import { EFFECTS, judge, refused } from "./judging/verdict.mjs";
import { startKeeping } from "./keeping.mjs";
import { startScanning } from "./scanning.mjs";
import { shown } from "./showing.mjs";
import { isKept, network, store } from "./sources.mjs";

const TIMEOUT = 90000;
const HOPELESS = ["qr.foreign", "qr.presentation"]; // a server makes no more of it
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
let asked = 0; // only the answer to the latest question is shown

function fromTemplate(id) {
  return byId(id).content.cloneNode(true);
}

function show(place, content) {
  place.textContent = "";
  place.append(content);
}

function setBusy(busy) {
  byId("status").className = busy ? "busy" : "";
  byId("result").setAttribute("aria-busy", String(busy));
  document.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = busy; });
}

function begin() {
  asked += 1;
  show(byId("result"), "");
  show(byId("status"), fromTemplate("working"));
  setBusy(true);
  return asked;
}

function present(content) {
  setBusy(false);
  show(byId("result"), content);
  const line = fromTemplate("done");
  const words = byId("words").cloneNode(true);
  words.removeAttribute("id");
  line.append(words);
  show(byId("status"), line);
  byId("outcome").focus();
  byId("outcome").scrollIntoView({ block: "nearest" });
}

/** Judge the text of a code on this device, by evidence of this site and of this device. */
async function judgeCode(text, facts) {
  const mine = begin();
  if (!self.crypto || !crypto.subtle) {
    byId("code").value = text; // to be handed in by hand, if somebody wants that
    present(fromTemplate("unable"));
    return;
  }
  const now = Date.now();
  const bundle = await keptBundle(facts.pins);
  const sources = [network(), store(await isKept())].concat(bundle ? [bundled(bundle, now, facts.maxStaleness)] : []);
  const evidence = evidenceOf(sources, facts.pins, now);
  const verdict = await judge(text, evidence, now, facts.maxStaleness);
  if (mine !== asked) { return; }
  showVerdict(verdict, facts);
  if (verdict.outcome === "UNDETERMINED" && verdict.findings.every((each) => !HOPELESS.includes(each.code))) {
    byId("outcome").parentElement.append(fromTemplate("ask-server")); // it knows the state of today, and other cities' lists
    byId("hand-in").addEventListener("click", () => handIn("code", text));
  }
}

/** A presentation code is redeemed on a page of its own: of this site, whatever the text says, and not before a press there. */
function isPresentation(texts) {
  const found = texts.map(presented).find(Boolean);
  if (found) { location.assign(`P#${found}`); }
  return Boolean(found);
}

/** What a picture holds: one licence code, which is judged, or a reason why there is nothing to judge. */
function judgePicture(texts, facts) {
  const codes = texts.filter((text) => /^https?:\/\/[^#]+\/v#[0-9a-z]+$/i.test(text.trim()));
  if (codes.length === 1) { return judgeCode(codes[0], facts); }
  if (!codes.length && isPresentation(texts)) { return Promise.resolve(); }
  begin();
  showVerdict(refused(codes.length ? "qr.several" : texts.length ? "qr.foreign" : "qr.none", Date.now()), facts);
  return Promise.resolve();
}

function showVerdict(verdict, facts) {
  verdict.findings.forEach((each) => { each.note = EFFECTS[each.code] === "note"; });
  present(shown(verdict, facts.words));
}

/** Hand a file in: only the server can judge a PDF. */
function askFile(file) {
  if (file.size <= Number(byId("file").getAttribute("data-limit"))) { return handIn("file", file); }
  begin();
  present(fromTemplate("too-large"));
  return Promise.resolve();
}

/** Have the server judge a file, or a code if somebody says so, and show its answer. */
async function handIn(name, value) {
  const mine = begin();
  const body = new FormData();
  body.append(name, value);
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), TIMEOUT);
  let content;
  try {
    const answer = await fetch(`verify?part=result&lang=${language()}`, {
      method: "POST", body, credentials: "omit", cache: "no-store", signal: control.signal,
    });
    content = parsed(await answer.text());
    if (!content.querySelector("#outcome")) { throw new Error("not ours"); } // a captive portal, a proxy's error
  } catch (error) {
    content = fromTemplate("offline");
    content.getElementById("again").addEventListener("click", () => handIn(name, value));
  }
  clearTimeout(timer);
  if (mine === asked) { present(content); }
}

function parsed(text) {
  const holder = document.createElement("template");
  holder.innerHTML = text; // our own server's template, every value escaped; the policy lets no inline script run
  return holder.content;
}

function judgeFragment(facts) {
  // Messengers add parameters to addresses, some behind the fragment; the code itself knows only host, path and fragment.
  const found = /^#([0-9A-Z]{16,})(?:&.*)?$/i.exec(location.hash);
  if (found) { judgeCode(`${location.origin}/V#${found[1]}`, facts); }
}

function language() {
  return root.className === "en" ? "en" : "zh";
}

function switchLanguage(event) {
  event.preventDefault();
  const next = language() === "zh" ? "en" : "zh";
  root.className = next;
  root.lang = next === "zh" ? "zh-CN" : "en";
  document.title = next === "zh" ? "电子证照核验" : "Licence verification";
  history.replaceState(null, "", `?lang=${next}${location.hash}`);
}

function startForms(facts) {
  const fileForm = byId("file-form");
  fileForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = byId("file").files[0];
    if (file) { askFile(file); }
  });
  byId("code-form").addEventListener("submit", (event) => {
    if (!self.crypto || !crypto.subtle) { return; } // the form itself hands it in
    event.preventDefault();
    const text = byId("code").value.trim();
    if (text && !isPresentation([text])) { judgeCode(text, facts); }
  });
  byId("code").addEventListener("keydown", (event) => {
    // A scanner ends with Enter; a code holds no line break.
    if (event.key === "Enter") {
      event.preventDefault();
      byId("code-form").querySelector("button").click();
    }
  });
  ["dragover", "drop", "dragleave"].forEach((kind) => {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      fileForm.classList.toggle("dropping", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { askFile(event.dataTransfer.files[0]); }
    });
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData ? event.clipboardData.files : [];
    if (files.length) {
      event.preventDefault();
      askFile(files[0]);
    }
  });
}

byId("language").addEventListener("click", switchLanguage);
if (byId("facts")) { // the page, and not an answer to a form
  const facts = JSON.parse(byId("facts").textContent);
  startForms(facts);
  startScanning(facts, (texts) => judgePicture(texts, facts));
  startKeeping(facts);
  window.addEventListener("hashchange", () => judgeFragment(facts));
  judgeFragment(facts);
}
