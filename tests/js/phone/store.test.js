// The phone's database: versions, transactions, a connection that is gone, other tabs.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { openDB } from "idb";
import { newPhone, openTab } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

const NAME = "milkround-phone";
const snapshot = round(3, 1, stop(31));
const waiting = { client_id: "a", kind: "arrived", pickup: 31, sequence: 7, device_at: "2026-11-24T09:00:00Z", payload: {}, round: 3, status: "waiting" };

beforeEach(() => newPhone());

test("the database of version 1 is taken over with its outbox, its round and its settings", async () => {
  const former = await openDB(NAME, 1, {
    upgrade(database) {
      database.createObjectStore("rounds", { keyPath: "round" });
      database.createObjectStore("events", { keyPath: "client_id" });
      database.createObjectStore("meta");
    },
  });
  await former.put("events", waiting);
  await former.put("rounds", { round: 3, shown: snapshot, snapshot });
  await former.put("meta", 7, "sequence");
  await former.put("meta", { tries: 2 }, "settings");
  former.close();
  const { outbox, store } = await openTab("outbox", "store");
  const stored = await store.readAll();
  assert.deepEqual([stored.events, stored.rounds[0].shown, stored.settings, stored.photos], [[waiting], snapshot, { tries: 2 }, []]);
  assert.equal((await outbox.record(3, "collected")).sequence, 8);
});

test("an empty phone has no person and no settings", async () => {
  const { store } = await openTab("store");
  const stored = await store.readAll();
  assert.deepEqual([stored.rounds, stored.events, stored.photos, stored.settings], [[], [], [], {}]);
  assert.deepEqual([stored.person, stored.terms, stored.revoked], [undefined, undefined, undefined]);
});

test("a failure between two writes takes back the first one", async () => {
  const { store } = await openTab("store");
  const half = store.transaction(async (tx) => {
    await tx.objectStore("meta").put(9, "sequence");
    throw new Error("in between");
  });
  await assert.rejects(half, /in between/);
  assert.equal(await store.reading((tx) => tx.objectStore("meta").get("sequence")), undefined);
});

test("a connection that is gone is opened again, and the write is made once", async (context) => {
  const { outbox, store } = await openTab("outbox", "store");
  await outbox.record(3, "started");
  const original = IDBDatabase.prototype.transaction;
  const gone = context.mock.method(IDBDatabase.prototype, "transaction", function transaction(...settings) {
    if (gone.mock.callCount() === 0) throw new DOMException("The connection is closing.", "InvalidStateError");
    return original.apply(this, settings);
  });
  await outbox.record(3, "arrived");
  gone.mock.restore();
  assert.deepEqual((await store.readAll()).events.length, 2);
});

test("a connection that cannot be opened a second time is an error", async (context) => {
  const { outbox } = await openTab("outbox");
  await outbox.waitingEvents();
  const gone = context.mock.method(IDBDatabase.prototype, "transaction", () => {
    throw new DOMException("The connection is closing.", "InvalidStateError");
  });
  await assert.rejects(outbox.record(3, "started"), { name: "InvalidStateError" });
  assert.equal(gone.mock.callCount(), 2);
});

test("a newer version in another tab is not held up, and the older tab writes no more", async () => {
  const { store } = await openTab("store");
  await store.setMeta("touched", "now");
  const newer = await openDB(NAME, 99);
  assert.equal(await newer.get("meta", "touched"), "now");
  await assert.rejects(store.setMeta("touched", "later"), { name: "VersionError" });
  newer.close();
});

test("a database that could not be opened is opened at the next occasion", async () => {
  const newer = await openDB(NAME, 99);
  const { store } = await openTab("store");
  await assert.rejects(store.readAll(), { name: "VersionError" });
  newer.close();
  await newPhone();
  assert.deepEqual((await store.readAll()).events, []);
});

test("settings change one by one, from two tabs", async () => {
  const [one, other] = [await openTab("store"), await openTab("store")];
  await Promise.all([one.store.changeSettings({ navigation: "waze" }), other.store.changeSettings({ tries: 1 })]);
  await one.store.changeSettings({ tries: 2 });
  assert.deepEqual((await other.store.readAll()).settings, { navigation: "waze", tries: 2 });
});

test("an unchanged value is not written", async (context) => {
  const { store } = await openTab("store");
  await store.setMeta("terms", { phone: "1" });
  const put = context.mock.method(IDBObjectStore.prototype, "put");
  await store.setMeta("terms", { phone: "1" });
  assert.equal(put.mock.callCount(), 0);
  await store.setMeta("terms", { phone: "2" });
  assert.equal(put.mock.callCount(), 1);
});

test("a round is changed on the basis of its stored state, or not at all", async () => {
  const { store } = await openTab("store");
  await store.updateRound(3, (current) => current && { ...current, shown: snapshot });
  assert.deepEqual((await store.readAll()).rounds, []);
  await store.updateRound(3, () => ({ round: 3, snapshot }));
  await Promise.all([
    store.updateRound(3, (current) => ({ ...current, incidents: [] })),
    store.updateRound(3, (current) => ({ ...current, shown: snapshot })),
  ]);
  assert.deepEqual((await store.readAll()).rounds, [{ round: 3, snapshot, incidents: [], shown: snapshot }]);
});

test("wiping leaves an empty phone", async () => {
  const { outbox, photos, store } = await openTab("outbox", "photos", "store");
  await outbox.record(3, "started");
  await photos.putPhoto("picture", 3, new ArrayBuffer(8));
  await store.updateRound(3, () => ({ round: 3, snapshot }));
  await store.changeSettings({ tries: 1 });
  await store.wipeUnless(() => false);
  const stored = await store.readAll();
  assert.deepEqual([stored.rounds, stored.events, stored.photos, stored.settings], [[], [], [], {}]);
});
