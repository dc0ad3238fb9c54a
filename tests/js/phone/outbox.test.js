// The outbox: order, identity, outcomes, and a disk that fails.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { fillDisk, newPhone, openTab } from "../support/phone.js";

beforeEach(() => newPhone());

const kinds = (events) => events.map((event) => event.kind);

test("events wait in the order in which they were recorded", async () => {
  const { outbox } = await openTab("outbox");
  for (const kind of ["started", "arrived", "collected"]) await outbox.record(3, kind, { pickup: 31 });
  const waiting = await outbox.waitingEvents();
  assert.deepEqual(kinds(waiting), ["started", "arrived", "collected"]);
  assert.deepEqual(waiting.map((event) => event.sequence), [1, 2, 3]);
  assert.deepEqual(waiting.map((event) => event.payload), [{}, {}, {}]);
});

test("an event names its person and its phone, the same phone after a reload", async () => {
  const [former, later] = [await openTab("outbox", "store"), await openTab("outbox")];
  await former.store.setMeta("person", { id: 5, name: "Ana" });
  const [one, other] = [await former.outbox.record(3, "started"), await later.outbox.record(3, "closed")];
  assert.deepEqual([one.person, other.person], [5, 5]);
  assert.match(one.device, /^[0-9a-f-]{36}$/);
  assert.deepEqual([other.device, await later.outbox.deviceKey()], [one.device, one.device]);
});

test("the order survives a clock that is set back between two records", async (context) => {
  const { outbox } = await openTab("outbox");
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-24T12:00:00Z") });
  await outbox.record(3, "arrived", { pickup: 31 });
  context.mock.timers.setTime(Date.parse("2026-11-24T08:00:00Z"));
  await outbox.record(3, "collected", { pickup: 31 });
  assert.deepEqual(kinds(await outbox.waitingEvents()), ["arrived", "collected"]);
});

test("records made at once in two tabs get different sequences and one device", async () => {
  const [one, other] = [await openTab("outbox"), await openTab("outbox")];
  const made = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? one : other).outbox.record(3, "arrived", { pickup: n })));
  assert.deepEqual(made.map((event) => event.sequence).sort(), [1, 2, 3, 4]);
  assert.equal(new Set(made.map((event) => event.device)).size, 1);
  assert.equal(new Set(made.map((event) => event.client_id)).size, 4);
});

test("only an outcome that names an event takes it out of the outbox", async () => {
  const { outbox } = await openTab("outbox");
  const [first, second, third] = [await outbox.record(3, "started"), await outbox.record(3, "arrived"), await outbox.record(3, "closed")];
  await outbox.applyOutcomes([
    { client_id: first.client_id, status: "accepted" },
    { client_id: second.client_id, status: "refused", code: "too_late", message: "Too late." },
    { client_id: null, status: "refused" },
    { client_id: "of another phone", status: "accepted" },
  ]);
  assert.deepEqual((await outbox.waitingEvents()).map((event) => event.client_id), [third.client_id]);
});

test("a refused event keeps its reason, can be sent again and can be discarded", async () => {
  const { outbox, store } = await openTab("outbox", "store");
  const { client_id } = await outbox.record(3, "arrived", { pickup: 31 });
  await outbox.applyOutcomes([{ client_id, status: "refused", code: "too_late", message: "Too late." }]);
  const [refused] = (await store.readAll()).events;
  assert.deepEqual([refused.status, refused.code, refused.message], ["refused", "too_late", "Too late."]);
  await outbox.requeue(refused);
  assert.deepEqual((await outbox.waitingEvents()).map((event) => event.client_id), [client_id]);
  await outbox.discard(refused);
  assert.deepEqual((await store.readAll()).events, []);
});

test("events of the bank are added once, and raise the sequence of the next record", async () => {
  const { outbox, store } = await openTab("outbox", "store");
  const own = await outbox.record(3, "started");
  const other = { client_id: "other", kind: "arrived", pickup: 31, sequence: 40, device_at: own.device_at, payload: {} };
  for (let time = 0; time < 2; time++) await outbox.mergeFromBank(3, [other, { ...own, status: undefined }]);
  const { events } = await store.readAll();
  assert.deepEqual(events.map((event) => event.status), ["sent", "sent"]);
  assert.equal((await outbox.record(3, "collected", { pickup: 31 })).sequence, 41);
});

test("the first record of a replaced phone follows the events of the former one", async () => {
  const { outbox } = await openTab("outbox");
  await outbox.mergeFromBank(3, [{ client_id: "former", kind: "started", pickup: null, sequence: 12, device_at: "2026-11-24T09:00:00Z", payload: {} }]);
  assert.equal((await outbox.record(3, "arrived")).sequence, 13);
});

test("an older event of the bank leaves the sequence as it is", async () => {
  const { outbox } = await openTab("outbox");
  for (let time = 0; time < 3; time++) await outbox.record(3, "arrived");
  await outbox.mergeFromBank(3, [{ client_id: "old", kind: "started", pickup: null, sequence: 1, device_at: "2026-11-24T09:00:00Z", payload: {} }]);
  assert.equal((await outbox.record(3, "closed")).sequence, 4);
});

test("a record on a full disk is refused, is not announced and leaves nothing behind", async (context) => {
  const { outbox, store } = await openTab("outbox", "store");
  const announced = context.mock.fn();
  document.addEventListener("phone:recorded", announced);
  const emptyDisk = fillDisk();
  await assert.rejects(outbox.record(3, "arrived"), { name: "QuotaExceededError" });
  emptyDisk();
  assert.deepEqual((await store.readAll()).events, []);
  assert.equal(announced.mock.callCount(), 0);
  assert.equal((await outbox.record(3, "arrived")).sequence, 1);
  assert.equal(announced.mock.callCount(), 1);
  document.removeEventListener("phone:recorded", announced);
});

test("a record is unsent until its photo has arrived as well", async () => {
  const { outbox, photos, store } = await openTab("outbox", "photos", "store");
  await photos.putPhoto("picture", 3, new ArrayBuffer(8));
  await photos.putPhoto("of a form that was left", 3, new ArrayBuffer(8));
  const { client_id } = await outbox.record(3, "collected", { pickup: 31, payload: { photo: "picture" } });
  await outbox.applyOutcomes([{ client_id, status: "accepted" }]);
  const stored = await store.readAll();
  assert.deepEqual(outbox.unsentRecords(stored).map((event) => event.client_id), [client_id]);
  assert.deepEqual(outbox.unsentRecords({ ...stored, photos: ["of a form that was left"] }), []);
});

test("an id is a UUID of version 4, with or without TLS", async () => {
  const { outbox } = await openTab("outbox");
  const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(outbox.newId(), version4);
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const made = [outbox.newId(), outbox.newId()];
  Reflect.deleteProperty(crypto, "randomUUID");
  for (const id of made) assert.match(id, version4);
  assert.notEqual(made[0], made[1]);
});
