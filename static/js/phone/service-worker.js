// Keeps the shell readable offline: the built files by their hashes, the page of this build.
// The round itself is in IndexedDB; nothing that names a person is ever cached here.
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

const PAGE = "/phone/";
const SHELL = `milkround-shell-${self.SHELL_BUILD}`;

precacheAndRoute(__KEPT_FILES__);
cleanupOutdatedCaches();

// The page goes with its files: a new worker takes over only once it has both.
self.addEventListener("install", (event) => {
  event.waitUntil(keepShell());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function keepShell() {
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

// At once from the phone; from the network first where the address asks for something, as a
// language. Signed out, the kept page still opens: the round can be read, and says what to do.
async function shell({ request, url }) {
  const kept = await caches.match(PAGE, { cacheName: SHELL });
  if (kept && !url.search) return kept;
  const fresh = await fetch(request).catch(() => null);
  // Signing out removed the page; whoever signs in again has it offline again.
  if (fresh?.ok && !url.search) await (await caches.open(SHELL)).put(PAGE, fresh.clone());
  return fresh ?? kept ?? Response.error();
}
registerRoute(new NavigationRoute(shell, { allowlist: [/^\/phone\/(\?.*)?$/] }));

// The label reader is kept by the page that needs it; here it is only found again.
async function scanner({ request }) {
  return (await caches.match(request, { cacheName: "milkround-scanner" })) ?? fetch(request);
}
registerRoute(({ url }) => /\/static\/dist\/(scanner|zxing_reader)-/.test(url.pathname), scanner);
