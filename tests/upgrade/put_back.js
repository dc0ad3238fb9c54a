// Restores the stored data of a phone of 0.1 in this browser.
async ({ database, localStorage: settings, caches: cached }) => {
  const asked = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });

  // A photo is base64 in JSON.
  function revived(value) {
    if (value?.$bytes) return Uint8Array.from(atob(value.$bytes), (sign) => sign.charCodeAt(0)).buffer;
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(revived);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revived(each)]));
  }

  const { name, version, stores } = database;
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = ({ target: { result } }) => {
    for (const [store, { keyPath }] of Object.entries(stores)) {
      result.createObjectStore(store, keyPath ? { keyPath } : undefined);
    }
  };
  const opened = await asked(opening);
  const names = Object.keys(stores);
  const writing = opened.transaction(names, "readwrite");
  for (const store of names) {
    const { keyPath, rows } = stores[store];
    for (const [key, value] of rows) {
      writing.objectStore(store).put(revived(value), keyPath ? undefined : key);
    }
  }
  await new Promise((done) => (writing.oncomplete = done));
  opened.close();
  for (const [key, value] of Object.entries(settings)) localStorage.setItem(key, value);
  for (const [each, paths] of Object.entries(cached)) {
    const cache = await caches.open(each.replace(/https?:\/\/[^/]+/, location.origin));
    for (const path of paths) await cache.put(path, new Response("kept by 0.1"));
  }
}
