"""The service worker and the icon, as they are sent."""

SCRIPT = """\
"use strict";
// Keeps the look of the pages and one page for where there is no network. Pages of a person are never kept.
const kept = KEPT;
const name = "canglian-" + kept.join("|");
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(kept)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((one) => one !== name).map((one) => caches.delete(one)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match("/m/offline")));
  } else if (kept.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request, { ignoreSearch: true }).then((found) => found || fetch(request)));
  }
});
"""

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="#0f6f5c"/>'
    '<path d="M144 176h224M144 256h224M144 336h144" stroke="#fff" stroke-width="40" stroke-linecap="round"/></svg>'
)
