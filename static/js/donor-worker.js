// The donor's service worker: push messages, and one page for the time without a network. It stores
// no personal data.
const PAGE = "/donor/offline";
const KEPT = "milkround-offline";

self.addEventListener("install", (event) => {
  event.waitUntil(storePage());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// After signing out, the stored page goes: it has the bank's number.
async function storePage() {
  const answer = await fetch(PAGE);
  if (answer.redirected) return caches.delete(KEPT);
  const cache = await caches.open(KEPT);
  const styles = (await answer.clone().text()).matchAll(/href="(\/static\/[^"]+\.css)"/g);
  await cache.addAll(Array.from(styles, ([, style]) => style));
  return cache.put(PAGE, answer);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => offlineAnswer(request)));
    if (new URL(request.url).pathname === "/donor/") event.waitUntil(storePage().catch(() => null));
  } else if (request.destination === "style") {
    event.respondWith(fetch(request).catch(() => fromCache(request)));
  }
});

const fromCache = async (asked) => (await caches.match(asked, { cacheName: KEPT })) ?? Response.error();

// A form that was not sent goes back to its own page, to be filled in again from its copy.
async function offlineAnswer({ method, referrer }) {
  return method === "POST" && referrer ? Response.redirect(referrer, 303) : fromCache(PAGE);
}

self.addEventListener("push", (event) => {
  const { title, body, link } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.link));
});
