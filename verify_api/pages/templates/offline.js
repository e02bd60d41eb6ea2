/* Keeps the page for those who asked for it, and answers without a network. Made for one version of the page's files.
   It never sees what stands in a fragment: browsers leave that out of requests. */
"use strict";
const NAME = "page-{{ version }}";
const FILES = {{ files | tojson }};
const PAGES = ["", "V", "v", "verify"];
const WAIT = 5000;

self.addEventListener("install", (event) => {
  const fresh = FILES.concat(["./", "page.webmanifest"]).map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("page-") && name !== NAME;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) { return; }
  const path = request.url.slice(self.registration.scope.length).split(/[?#]/)[0];
  if (request.mode === "navigate") {
    if (PAGES.includes(path)) { event.respondWith(page(request)); }
  } else if (path.startsWith("assets/") || path === "page.webmanifest") {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept || fetch(request)));
  }
});

/** The page from the network, so that its pins are those of today; the kept one if there is no answer soon. */
function page(request) {
  const kept = () => caches.open(NAME).then((cache) => cache.match("./", { ignoreVary: true }));
  const late = new Promise((resolve) => { setTimeout(resolve, WAIT); }).then(kept);
  const asked = fetch(request).then((answer) => (answer.ok ? answer : kept()), kept);
  return Promise.race([asked, late]).then((answer) => answer || fetch(request));
}
