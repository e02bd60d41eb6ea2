/* For those who verify without a network: keeps the page, the reader and the evidence on this device, if they ask for it.

   Whoever does not ask for it has nothing kept. Lists are kept only if they can be believed, and an older one never takes
   the place of a newer. */
import { fetchBundle, isRefusal, keptBundle, takeBundle } from "./bundles.mjs";
import { fault } from "./judging/bundle.mjs";
import { evidenceOf } from "./judging/evidence.mjs";
import { StatusListError } from "./judging/status_list.mjs";
import { TrustListError } from "./judging/trust_list.mjs";
import { buffered } from "./scanning.mjs";
import { ago, both, element, moment } from "./showing.mjs";
import { forget, isKept, kept, network, store } from "./sources.mjs";

const byId = (id) => document.getElementById(id);
const MOST_LISTS = 64; // of 2**20 licences each

/** Set up the buttons, and show what is kept. */
export function startKeeping(facts) {
  if (!navigator.serviceWorker || typeof caches !== "object" || !self.crypto || !crypto.subtle) { return; }
  byId("keeping").hidden = false;
  byId("keep").addEventListener("click", () => working(facts, () => keep(facts), "keeping-done"));
  byId("forget").addEventListener("click", () => working(facts, forgetAll, "keeping-gone"));
  byId("bundle").addEventListener("change", () => {
    const file = byId("bundle").files[0];
    if (file) { working(facts, () => takeFile(facts, file), "bundle-taken"); }
    byId("bundle").value = "";
  });
  showKept(facts);
}

async function working(facts, work, done) {
  byId("keep").disabled = true;
  say("keeping-now");
  try {
    await work();
    say(done);
  } catch (error) {
    const why = isRefusal(error) && facts.words.refusals[error.code];
    say(why ? "bundle-refused" : "keeping-failed");
    if (why) { byId("keeping-words").append(both(...why)); }
  }
  byId("keep").disabled = false;
  await showKept(facts);
}

/** A bundle has all lists in one file; where there is none, each is fetched. */
async function keep(facts) {
  if (!await fetchBundle(facts.pins)) { await refresh(facts); }
  await keepPage();
}

/** Keep the bundle in a file; the page, too, if there is a network: it may have been kept before. */
async function takeFile(facts, file) {
  await takeBundle(new Uint8Array(await buffered(file)), facts.pins);
  await keepPage().catch(() => null);
}

async function keepPage() {
  const registration = await navigator.serviceWorker.register("offline.js");
  await active(registration.installing || registration.waiting || registration.active);
}

/** Until the files are kept; an error if they cannot be. */
function active(worker) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") { resolve(); }
      if (worker.state === "redundant") { reject(new Error("not kept")); }
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** Fetch the trust list and every status list that it stands for. */
async function refresh(facts) {
  const evidence = evidenceOf([network(), store(true)], facts.pins, Date.now());
  const list = await evidence.trustList();
  if (list.source !== "network") { throw new TrustListError("trust.unknown", "not fetched"); }
  const addresses = Array.from(new Set(list.bodies.map((body) => body.statusUrl).filter(Boolean)));
  for (const address of addresses) {
    for (let number = 1; number <= MOST_LISTS && await keptList(evidence, address, number, list); number += 1);
  }
}

/** Keep one status list; false if there is none of that number. */
async function keptList(evidence, address, number, list) {
  try {
    await evidence.statusList(number, `${address}/status/${number}`, list.statusSigners);
    return true;
  } catch (error) {
    if (error instanceof StatusListError && ["status.unknown", "status.list-other"].includes(error.code)) { return false; }
    throw error;
  }
}

async function forgetAll() {
  const registered = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registered.map((each) => each.unregister()));
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("page-")).map((name) => caches.delete(name)));
  await forget();
}

/** What is kept here, and how old it is. */
async function showKept(facts) {
  const held = await isKept() ? await kept() : [];
  byId("forget").hidden = !held.length;
  byId("kept").textContent = "";
  if (!held.length) { return; }
  const list = element("ul");
  const bundle = await keptBundle(facts.pins);
  if (bundle) { list.append(aboutBundle(bundle, facts)); }
  held.filter(({ kind }) => kind !== "bundle").forEach(({ kind, at }) => {
    const number = kind.replace("status-", "");
    const name = kind === "trust-list" ? ["信任名单", "Trust list"] : [`状态名单 ${number}`, `Status list ${number}`];
    const [zh, en] = ago(Date.now() - at);
    list.append(element("li", {}, both(`${name[0]}：${moment(at)} 获取（${zh}）`, `${name[1]}: fetched ${moment(at)} (${en})`)));
  });
  byId("kept").append(list);
}

function aboutBundle(bundle, facts) {
  const [zh, en] = ago(Date.now() - bundle.madeAt);
  const [made, until, count] = [moment(bundle.madeAt), moment(bundle.goodUntil), bundle.statusLists.size];
  const item = element("li", {}, both(
    `离线包：${made} 制作（${zh}），可用至 ${until}，含状态名单 ${count} 份`,
    `Offline bundle: made ${made} (${en}), good until ${until}, with ${count} status list${count === 1 ? "" : "s"}`));
  const why = fault(bundle, Date.now(), facts.maxStaleness);
  if (why === "bundle.stale") { item.append(" ", element("strong", {}, both("已过时，请更新", "It is out of date: update it"))); }
  if (why === "bundle.future") { item.append(" ", element("strong", {}, both("制作时间在将来，请校准本机时钟", "It was made in the future: set the clock"))); }
  return item;
}

function say(id) {
  byId("keeping-words").textContent = "";
  byId("keeping-words").append(byId(id).content.cloneNode(true));
}
