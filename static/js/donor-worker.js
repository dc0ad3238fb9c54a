// Shows what the bank pushes, and where there is no network the one page that says so: what she wrote
// is kept, and whom to call. It keeps nothing that names a person.
const PAGE = "/donor/offline";
const KEPT = "milkround-offline";

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Once signed out, the bank's number goes too.
async function keep() {
  const answer = await fetch(PAGE);
  if (answer.redirected) return caches.delete(KEPT);
  const kept = await caches.open(KEPT);
  const styles = (await answer.clone().text()).matchAll(/href="(\/static\/[^"]+\.css)"/g);
  await kept.addAll(Array.from(styles, ([, style]) => style));
  return kept.put(PAGE, answer);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => withoutNetwork(request)));
    if (new URL(request.url).pathname === "/donor/") event.waitUntil(keep().catch(() => null));
  } else if (request.destination === "style") {
    event.respondWith(fetch(request).catch(() => found(request)));
  }
});

const found = async (asked) => (await caches.match(asked, { cacheName: KEPT })) ?? Response.error();

// A form that did not leave: back to its own page, where it is filled in again once there is a network.
async function withoutNetwork({ method, referrer }) {
  return method === "POST" && referrer ? Response.redirect(referrer, 303) : found(PAGE);
}

self.addEventListener("push", (event) => {
  const { title, body, link } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.link));
});
