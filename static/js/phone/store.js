// The phone's own database: rounds as promised, events, photos, the person the phone belongs to.
// A write counts once its transaction is complete and on disk, not once it was requested.
import { openDB } from "idb";

const STORES = ["rounds", "events", "meta", "photos", "drafts"];
const META = ["person", "touched", "terms", "settings", "clock", "photoFaults", "device", "session", "leaving", "revoked", "placeOf"];
let opened = null;

function open() {
  opened ??= openDB("milkround-phone", 3, {
    // Each version adds; the contents of a former one are never touched.
    upgrade(database, from) {
      if (from < 1) {
        database.createObjectStore("rounds", { keyPath: "round" });
        database.createObjectStore("events", { keyPath: "client_id" });
        database.createObjectStore("meta");
      }
      if (from < 2) database.createObjectStore("photos");
      if (from < 3) database.createObjectStore("drafts", { keyPath: "key" });
    },
    blocking: close,
    terminated: close,
  }).catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
}

async function close() {
  const database = await opened?.catch(() => null);
  opened = null;
  database?.close();
}

// Runs `work(tx)` and resolves once the disk has it. A connection lost in a sleep is opened again.
async function inTransaction(mode, work) {
  for (const last of [false, true]) {
    try {
      const database = await open();
      const tx = database.transaction(STORES, mode, { durability: "strict" });
      const [result] = await Promise.all([work(tx).catch((error) => rollBack(tx, error)), tx.done]);
      return result;
    } catch (error) {
      if (last || !["InvalidStateError", "AbortError"].includes(error.name)) throw error;
      await close();
    }
  }
}

// All or nothing: a failure between two writes takes back the first one.
function rollBack(tx, error) {
  try {
    tx.abort();
  } catch {
    // The database has aborted it already.
  }
  throw error;
}

export const transaction = (work) => inTransaction("readwrite", work);
export const reading = (work) => inTransaction("readonly", work);

/** @returns {Promise<import("./round").Stored>} */
export const readAll = () => reading(allIn);

async function allIn(tx) {
  const meta = tx.objectStore("meta");
  const values = await Promise.all(META.map((name) => meta.get(name)));
  const { settings = {}, ...known } = Object.fromEntries(META.map((name, index) => [name, values[index]]));
  return {
    rounds: await tx.objectStore("rounds").getAll(),
    events: await tx.objectStore("events").getAll(),
    photos: await tx.objectStore("photos").getAllKeys(),
    drafts: await tx.objectStore("drafts").getAll(),
    settings,
    ...known,
  };
}

export const setMeta = (key, value) => changeMeta(key, () => value);

// Changes some of the phone's settings and leaves the others as they are.
export const changeSettings = (changes) =>
  changeMeta("settings", (settings) => ({ ...settings, ...changes }));

// Writes only a difference: on a full disk the exchange with the bank goes on.
export const changeMeta = (key, change) =>
  transaction(async (tx) => {
    const meta = tx.objectStore("meta");
    const before = await meta.get(key);
    const after = change(before);
    if (JSON.stringify(after) !== JSON.stringify(before)) await meta.put(after, key);
  });

// Replaces a round by `change(stored)`, in one transaction: the page and the exchange both write it.
export const updateRound = (round, change) =>
  transaction(async (tx) => {
    const rounds = tx.objectStore("rounds");
    const changed = change(await rounds.get(round));
    if (changed) await rounds.put(changed);
  });

// Empties the phone unless `isNeeded(stored)`, in one transaction; returns whether it did.
export const wipeUnless = (isNeeded) =>
  transaction(async (tx) => {
    if (isNeeded(await allIn(tx))) return false;
    await Promise.all(STORES.map((name) => tx.objectStore(name).clear()));
    return true;
  });
