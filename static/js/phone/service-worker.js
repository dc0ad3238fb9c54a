// The offline shell: built files by their hashes and the page of this build. The round itself is in
// IndexedDB; no personal data is ever cached here.
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

const PAGE = "/phone/";
const SHELL = `milkround-shell-${self.SHELL_BUILD}`;

precacheAndRoute(__KEPT_FILES__);
cleanupOutdatedCaches();

// The page goes with its files: a new worker takes over only once it has both.
self.addEventListener("install", (event) => {
  event.waitUntil(storeShell());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function storeShell() {
  const answer = await fetch(PAGE, { cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error("the shell was not there");
  await (await caches.open(SHELL)).put(PAGE, answer);
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("milkround-shell-") && name !== SHELL) await caches.delete(name);
  }
  await self.clients.claim();
}

// The stored page first; the network first if the address has a query, for example a language.
// After the session has ended the stored page still opens: the round can be read.
async function shell({ request, url }) {
  const cached = await caches.match(PAGE, { cacheName: SHELL });
  if (cached && !url.search) return cached;
  const fresh = await fetch(request).catch(() => null);
  // Signing out has removed the page; the next sign-in stores it again.
  if (fresh?.ok && !url.search) await (await caches.open(SHELL)).put(PAGE, fresh.clone());
  return fresh ?? cached ?? Response.error();
}
registerRoute(new NavigationRoute(shell, { allowlist: [/^\/phone\/(\?.*)?$/] }));

// The label reader is stored by the page that needs it; here it is only served.
async function scanner({ request }) {
  return (await caches.match(request, { cacheName: "milkround-scanner" })) ?? fetch(request);
}
// The streets along a round, and the program that draws them; a tile beyond them needs a network.
async function streets({ request }) {
  return (await caches.match(request, { cacheName: "milkround-streets" })) ?? fetch(request);
}
registerRoute(({ url }) => /^\/phone\/streets\/|^\/static\/dist\/(street-map|layers)-/.test(url.pathname), streets);

registerRoute(({ url }) => /\/static\/dist\/(scanner|zxing_reader)-/.test(url.pathname), scanner);
