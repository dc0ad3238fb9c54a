// A phone for tests: an IndexedDB in memory, and tabs that share it but none of their modules.
import { registerHooks } from "node:module";
import "fake-indexeddb/auto";

const MODULES = new URL("../../../static/js/phone/", import.meta.url).href;
let tabs = 0;

// A module that is imported by a tab belongs to that tab.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const tab = context.parentURL && new URL(context.parentURL).searchParams.get("tab");
    return tab && found.url.startsWith(MODULES) ? { ...found, url: `${found.url.split("?")[0]}?tab=${tab}` } : found;
  },
});

// Opens a tab and returns its modules by name: `const { outbox, sync } = await openTab("outbox", "sync")`.
export async function openTab(...names) {
  const tab = (tabs += 1);
  const modules = names.map(async (name) => [name, await import(`${MODULES}${name}.js?tab=${tab}`)]);
  return Object.fromEntries(await Promise.all(modules));
}

// Empties the phone: the database goes, and with it the connections of former tabs.
export async function newPhone(bank = null) {
  globalThis.document ??= /** @type {any} */ (new EventTarget());
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase("milkround-phone");
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });
  if (bank) globalThis.fetch = bank.fetch;
}

// Makes the disk full: every write of a record is refused until the returned function is called.
export function fillDisk() {
  const { add, put } = IDBObjectStore.prototype;
  const refuse = () => {
    throw new DOMException("The disk is full.", "QuotaExceededError");
  };
  Object.assign(IDBObjectStore.prototype, { add: refuse, put: refuse });
  return () => Object.assign(IDBObjectStore.prototype, { add, put });
}
