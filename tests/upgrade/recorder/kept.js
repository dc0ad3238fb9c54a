// Returns the stored data of a phone: database, settings, and the addresses in its caches.
async () => {
  const asked = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  const path = (url) => new URL(url).pathname;

  // JSON has no bytes: a photo becomes base64.
  function plain(value) {
    if (value instanceof ArrayBuffer) {
      return { $bytes: btoa(String.fromCharCode(...new Uint8Array(value))) };
    }
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }

  const database = await asked(indexedDB.open("milkround-phone"));
  const stores = {};
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]);
    stores[name] = { keyPath: store.keyPath, rows: keys.map((key, n) => [key, plain(values[n])]) };
  }
  const { version } = database;
  database.close();

  const cached = {};
  for (const name of (await caches.keys()).sort()) {
    const requests = await (await caches.open(name)).keys();
    cached[name] = requests.map(({ url }) => path(url)).sort();
  }
  const workers = await navigator.serviceWorker.getRegistrations();
  return {
    database: { name: "milkround-phone", version, stores },
    localStorage: { ...localStorage },
    caches: cached,
    workers: workers.map(({ scope, active }) => ({ scope: path(scope), program: path(active.scriptURL) })),
  };
}
