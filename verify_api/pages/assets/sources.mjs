/* Where evidence comes from: this site, and what was kept on this device. An offline bundle joins them (bundles.mjs);
   judging/evidence.mjs says what a source is. */
const WAIT = 8000;
const STORE = "evidence-1";
const AT = "x-fetched-at";

/** This site. It is told which list is wanted, and never which licence. */
export function network() {
  return {
    name: "network",
    trustList: () => fetched("trust-list.jws", "application/license-trust-list+jws"),
    statusList: (number) => fetched(`status/${number}`, "application/statuslist+cwt"),
  };
}

/** What is kept on this device. Without `keeping`, nothing that was not kept before is added. */
export function store(keeping) {
  return {
    name: "device",
    trustList: () => read("trust-list"),
    statusList: (number) => read(`status-${number}`),
    keep: (kind, bytes, at) => (keeping ? write(kind, bytes, at) : Promise.resolve()),
  };
}

/** Whether somebody asked to keep evidence here. */
export async function isKept() {
  return typeof caches === "object" && caches.has(STORE);
}

/** What is kept: `{ kind, at }` each. */
export async function kept() {
  const cache = await caches.open(STORE);
  const answers = await Promise.all((await cache.keys()).map((request) => cache.match(request)
    .then((answer) => ({ kind: decodeURIComponent(request.url.split("/").pop()), at: Number(answer.headers.get(AT)) }))));
  return answers.sort((left, right) => (left.kind > right.kind ? -1 : 1)); // the trust list first
}

export async function forget() {
  await caches.delete(STORE);
}

/** An answer of the expected kind, or null: no network, no such file, a login page. */
export async function fetched(address, type) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), WAIT);
  try {
    const answer = await fetch(address, {
      cache: "no-cache", credentials: "omit", headers: { Accept: type }, redirect: "error", signal: control.signal,
    });
    const kind = (answer.headers.get("content-type") || "").split(";")[0];
    return answer.ok && kind === type ? { bytes: new Uint8Array(await answer.arrayBuffer()), at: Date.now() } : null;
  } catch (error) {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** What is kept of a kind: `{ bytes, at }`, or null. */
export async function read(kind) {
  try {
    const answer = await isKept() && await (await caches.open(STORE)).match(kind);
    return answer ? { bytes: new Uint8Array(await answer.arrayBuffer()), at: Number(answer.headers.get(AT)) } : null;
  } catch (error) {
    return null; // a browser that lets nothing be kept, such as in a private window
  }
}

export async function write(kind, bytes, at) {
  const answer = new Response(bytes, { headers: { [AT]: String(at), "content-type": "application/octet-stream" } });
  await (await caches.open(STORE)).put(kind, answer);
}
