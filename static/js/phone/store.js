// The phone's own database: rounds as promised, everything said, who this phone belongs to.
// A write is done when its transaction is complete and on disk, not when it was asked for.
import { openDB } from "idb";

const STORES = ["rounds", "events", "meta", "photos"];
let opened = null;

function open() {
  opened ??= openDB("milkround-phone", 2, {
    // Each version adds; what a former one kept is never touched.
    upgrade(database, from) {
      if (from < 1) {
        database.createObjectStore("rounds", { keyPath: "round" });
        database.createObjectStore("events", { keyPath: "client_id" });
        database.createObjectStore("meta");
      }
      if (from < 2) database.createObjectStore("photos");
    },
    blocking: close,
    terminated: close,
  });
  return opened;
}

async function close() {
  const was = await opened?.catch(() => null);
  opened = null;
  was?.close();
}

// Runs `work(tx)` and resolves once the disk has it. A phone that slept may find its connection
// gone: it is opened again, once.
async function inTransaction(mode, work) {
  for (const last of [false, true]) {
    try {
      const database = await open();
      const tx = database.transaction(STORES, mode, { durability: "strict" });
      const [result] = await Promise.all([work(tx), tx.done]);
      return result;
    } catch (error) {
      if (last || !["InvalidStateError", "AbortError"].includes(error.name)) throw error;
      await close();
    }
  }
}

export const writing = (work) => inTransaction("readwrite", work);
export const looking = (work) => inTransaction("readonly", work);

export const everything = () =>
  looking(async (tx) => ({
    rounds: await tx.objectStore("rounds").getAll(),
    events: await tx.objectStore("events").getAll(),
    person: await tx.objectStore("meta").get("person"),
    touched: await tx.objectStore("meta").get("touched"),
    terms: await tx.objectStore("meta").get("terms"),
    settings: (await tx.objectStore("meta").get("settings")) ?? {},
    leaving: await tx.objectStore("meta").get("leaving"),
    revoked: await tx.objectStore("meta").get("revoked"),
  }));

export const remember = (key, value) =>
  writing((tx) => tx.objectStore("meta").put(value, key));

// Changes some of this phone's settings and leaves the others as they are now.
export const changeSettings = (changes) =>
  writing(async (tx) => {
    const meta = tx.objectStore("meta");
    await meta.put({ ...(await meta.get("settings")), ...changes }, "settings");
  });

export const keepRound = (round) => writing((tx) => tx.objectStore("rounds").put(round));

export const wipe = () =>
  writing((tx) =>
    Promise.all(STORES.map((name) => tx.objectStore(name).clear())),
  );

// Shut out from the board: names and addresses go at once, what was never sent stays.
// `why` is how the page explains it: the office shut the phone out, or the PIN was guessed at.
export const wipeRounds = (why) =>
  writing(async (tx) => {
    await tx.objectStore("rounds").clear();
    const events = tx.objectStore("events");
    for (const event of await events.getAll()) if (event.status === "sent") await events.delete(event.client_id);
    const meta = tx.objectStore("meta");
    for (const key of ["device", "touched", "terms"]) await meta.delete(key);
    await meta.put(why, "revoked");
  });

// Forgets a round and what was said of it; the caller has seen that nothing of it waits.
export const forgetRound = (round, instead = null) =>
  writing(async (tx) => {
    const events = tx.objectStore("events");
    for (const event of await events.getAll()) {
      if (event.round === round) await events.delete(event.client_id);
    }
    if (instead) await tx.objectStore("rounds").put(instead);
    else await tx.objectStore("rounds").delete(round);
  });
