// Synchronisation with the bank: over a network that fails at every place, and with two tabs.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { fillDisk, newPhone, openTab } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

let bank;

beforeEach(async () => {
  bank = new Bank(round(3, 1, stop(31)), round(4, 1, stop(41)));
  await newPhone(bank);
});

const phone = () => openTab("outbox", "photos", "store", "sync");
const statuses = async ({ store }) => (await store.readAll()).events.map((event) => event.status).sort();

test("a first contact brings the rounds, the terms and the person", async () => {
  const { store, sync } = await phone();
  await sync.sync();
  const stored = await store.readAll();
  assert.deepEqual(stored.rounds.map((each) => [each.round, each.shown.revision]), [[3, 1], [4, 1]]);
  assert.deepEqual([stored.terms, stored.person], [bank.terms, bank.person]);
  assert.ok(stored.touched);
});

test("events arrive in sequence, in batches of fifty, and leave the outbox", async () => {
  const tab = await phone();
  const recorded = [];
  for (let n = 0; n < 100; n++) recorded.push((await tab.outbox.record(3, "box_read", { payload: { box: "1", celsius: -n } })).client_id);
  await tab.sync.sync();
  assert.deepEqual(bank.taken(3), recorded);
  assert.equal(bank.count(/POST .*events/), 2);
  assert.deepEqual(await tab.outbox.waitingEvents(), []);
});

test("a contact without news is one request for the list, and one for each round", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  await tab.sync.sync();
  bank.requests = [];
  await tab.sync.sync();
  assert.deepEqual(bank.requests, ["GET /phone/rounds", "GET /phone/rounds/3", "GET /phone/rounds/4"]);
  assert.equal(bank.headers["If-None-Match"], '"1"');
});

test("every request names the phone and the number of its waiting events", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  bank.fail(/POST/, 500);
  await tab.sync.sync();
  assert.deepEqual([bank.headers["X-Milkround-Device"], bank.headers["X-Milkround-Unsent"]], [await tab.outbox.deviceKey(), "1"]);
});

test("a contact is made at the start, with the network, with the page, with a record, and every half minute", async (context) => {
  const page = new EventTarget();
  context.mock.property(globalThis, "document", page);
  globalThis.addEventListener = page.addEventListener.bind(page);
  context.mock.timers.enable({ apis: ["setInterval"] });
  const tab = await phone();
  let contacts = 0;
  page.addEventListener("phone:changed", () => (contacts += 1));
  await tab.sync.startSync();
  const after = async (occasion) => {
    occasion();
    await tab.sync.state.running;
    return contacts;
  };
  const dispatch = (name) => () => page.dispatchEvent(new Event(name));
  assert.equal(await after(() => {}), 1);
  assert.equal(await after(dispatch("online")), 2);
  assert.equal(await after(dispatch("visibilitychange")), 3);
  page.hidden = true;
  assert.equal(await after(dispatch("visibilitychange")), 3);
  assert.equal(await after(dispatch("phone:recorded")), 4);
  assert.equal(await after(() => context.mock.timers.tick(30_000)), 5);
});

test("a round that is listed no longer leaves the phone", async () => {
  const tab = await phone();
  await tab.sync.sync();
  bank.rounds.delete(3);
  await tab.sync.sync();
  assert.deepEqual((await tab.store.readAll()).rounds.map((each) => each.round), [4]);
});

test("an unloaded round is forgotten after its time, and is back if its hand-over is undone", async (context) => {
  const tab = await phone();
  await tab.outbox.record(3, "handed_over");
  bank.rounds.get(3).state = "unloaded";
  await tab.sync.sync();
  const found = async () => (await tab.store.readAll()).rounds.find((each) => each.round === 3);
  assert.equal((await found()).shown.revision, 1);
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() + 16 * 60_000 });
  await tab.sync.sync();
  assert.deepEqual((await found()).unloaded, { letter: "A", day: "2026-11-24" });
  await tab.sync.sync();
  assert.deepEqual((await found()).unloaded, { letter: "A", day: "2026-11-24" });
  bank.rounds.get(3).state = "started";
  await tab.sync.sync();
  assert.deepEqual([(await found()).shown.revision, (await found()).unloaded], [1, undefined]);
});

test("nothing is sent twice by two tabs, nor by a second contact", async () => {
  const [one, other] = [await phone(), await phone()];
  await one.outbox.record(3, "started");
  await Promise.all([one.sync.sync(), other.sync.sync()]);
  await one.sync.sync();
  assert.equal(bank.taken(3).length, 1);
  assert.deepEqual(await statuses(other), ["sent"]);
});

test("an event with a lost answer is sent again and counts once", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  bank.fail(/POST .*events/, "lose");
  await tab.sync.sync();
  assert.deepEqual([bank.taken(3).length, await statuses(tab)], [1, ["waiting"]]);
  await tab.sync.sync();
  assert.deepEqual([bank.taken(3).length, await statuses(tab)], [1, ["sent"]]);
});

for (const failure of ["drop", "cut", "portal", 503]) {
  test(`a contact that fails everywhere (${failure}) leaves the outbox as it is`, async () => {
    const tab = await phone();
    await tab.outbox.record(3, "started");
    bank.fail(/./, failure, { times: Infinity });
    await tab.sync.sync();
    assert.deepEqual([bank.taken(3), await statuses(tab), tab.sync.state.signedOut], [[], ["waiting"], false]);
    assert.equal((await tab.store.readAll()).touched, undefined);
  });
}

test("a server error in the second batch leaves only that batch waiting", async () => {
  const tab = await phone();
  for (let n = 0; n < 60; n++) await tab.outbox.record(3, "box_read");
  let batches = 0;
  bank.fail({ test: (request) => /POST .*events/.test(request) && (batches += 1) === 2 }, 503);
  await tab.sync.sync();
  assert.equal((await tab.outbox.waitingEvents()).length, 10);
  await tab.sync.sync();
  assert.equal(bank.taken(3).length, 60);
  assert.deepEqual(await tab.outbox.waitingEvents(), []);
});

test("a server error in one round does not hold up the other one, nor new rounds", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  await tab.outbox.record(4, "started");
  bank.fail(/POST .*3\/events/, 503);
  await tab.sync.sync();
  assert.deepEqual((await tab.outbox.waitingEvents()).map((event) => event.round), [3]);
  assert.equal(bank.taken(4).length, 1);
  const { rounds, touched } = await tab.store.readAll();
  assert.deepEqual([rounds.length, touched], [2, undefined]);
});

for (const where of ["crashes", "failures"]) {
  test(`one event on which the server fails (${where}) waits with the reason, and no other does`, async () => {
    const tab = await phone();
    const made = [];
    for (let n = 0; n < 60; n++) made.push(await tab.outbox.record(3, "box_read"));
    await tab.outbox.record(4, "started");
    bank[where].add(made[37].client_id);
    await tab.sync.sync();
    const [waiting, ...others] = await tab.outbox.waitingEvents();
    assert.deepEqual([waiting.client_id, others], [made[37].client_id, []]);
    assert.match(waiting.fault, /fault/);
    assert.deepEqual([bank.taken(3).length, bank.taken(4).length], [59, 1]);
    // One batch of 50 is halved at most six times.
    assert.ok(bank.count(/POST .*events/) <= 2 + 2 * 6 + 1);
    bank[where].clear();
    await tab.sync.sync();
    const { events } = await tab.store.readAll();
    assert.deepEqual([bank.taken(3).length, events.map((event) => event.fault).filter(Boolean)], [60, []]);
  });
}

test("an error of the server is named as such until a contact succeeds, no network is not", async () => {
  const tab = await phone();
  const failures = [];
  for (const failure of ["drop", 503, null]) {
    if (failure) bank.fail(/GET \/phone\/rounds$/, failure);
    await tab.sync.sync();
    failures.push(tab.sync.state.failure);
  }
  assert.deepEqual(failures, [null, "refused with 503", null]);
});

test("a round that answers 404 does not hold up the outbox, and its records can be sent again", async () => {
  const tab = await phone();
  await tab.sync.sync();
  const taken = bank.rounds.get(3);
  bank.rounds.delete(3);
  const { client_id } = await tab.outbox.record(3, "started");
  await tab.outbox.record(4, "started");
  await tab.sync.sync();
  assert.equal(bank.taken(4).length, 1);
  const kept = (await tab.store.readAll()).events.find((event) => event.round === 3);
  assert.deepEqual([kept.status, kept.code], ["refused", "http_404"]);
  bank.rounds.set(3, taken);
  await tab.outbox.requeue(kept);
  await tab.sync.sync();
  assert.deepEqual(bank.taken(3), [client_id]);
});

test("a refused event is kept with its reason, and the events around it are sent", async () => {
  const tab = await phone();
  const [, refused] = [await tab.outbox.record(3, "started"), await tab.outbox.record(3, "arrived"), await tab.outbox.record(3, "closed")];
  bank.refusals.set(refused.client_id, "The visit was moved.");
  await tab.sync.sync();
  const { events } = await tab.store.readAll();
  assert.deepEqual(events.filter((event) => event.status === "refused").map((event) => event.message), ["The visit was moved."]);
  assert.equal(bank.taken(3).length, 2);
  await tab.sync.sync();
  assert.equal(bank.count(/POST .*events/), 1);
});

test("a round of another collector refuses its events, which stay to be read", async () => {
  const tab = await phone();
  await tab.outbox.record(9, "arrived");
  await tab.sync.sync();
  const [event] = (await tab.store.readAll()).events;
  assert.deepEqual([event.status, event.code, event.message], ["refused", "http_404", "No such round."]);
});

test("an event that was undone before it was sent arrives with its undo", async () => {
  const tab = await phone();
  const { client_id } = await tab.outbox.record(3, "arrived", { pickup: 31 });
  await tab.outbox.record(3, "undone", { pickup: 31, payload: { undoes: client_id, reason: "mistake" } });
  await tab.sync.sync();
  const [arrived, undone] = bank.rounds.get(3).events.values();
  assert.deepEqual([arrived.kind, undone.kind, undone.payload.undoes], ["arrived", "undone", arrived.client_id]);
});

test("only the fields of an event are sent, not the phone's own notes", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started", { payload: { boxes: [] } });
  await tab.sync.sync();
  const [event] = bank.rounds.get(3).events.values();
  assert.deepEqual(Object.keys(event).sort(), ["client_id", "device", "device_at", "kind", "offset_ms", "payload", "pickup", "sequence"]);
});

test("a record made during a contact is sent by the next one, at once", async () => {
  const tab = await phone();
  const running = tab.sync.sync();
  await tab.outbox.record(3, "started");
  assert.equal(tab.sync.sync(), running);
  await running;
  assert.equal(bank.taken(3).length, 1);
});

test("a token that became too old is renewed once, and the batch is sent", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  await tab.sync.sync();
  bank.token = "token-2";
  await tab.outbox.record(3, "closed");
  await tab.sync.sync();
  assert.equal(bank.taken(3).length, 2);
});

test("a new revision is stored beside the one on the page until it is acknowledged", async () => {
  const tab = await phone();
  await tab.sync.sync();
  bank.publish(round(3, 2, stop(31), stop(32)));
  await tab.sync.sync();
  const [stored] = (await tab.store.readAll()).rounds;
  assert.deepEqual([stored.shown.revision, stored.snapshot.revision], [1, 2]);
});

test("an acknowledgement during a contact is not overwritten by it", async () => {
  const tab = await phone();
  await tab.sync.sync();
  bank.publish(round(3, 2, stop(31), stop(32)));
  await tab.sync.sync();
  bank.publish(round(3, 3, stop(31)));
  const { fetch } = bank;
  globalThis.fetch = async (path, options) => {
    const answer = await fetch(path, options);
    if (path === "/phone/rounds/3") await tab.store.updateRound(3, (current) => ({ ...current, shown: current.snapshot }));
    return answer;
  };
  await tab.sync.sync();
  const [stored] = (await tab.store.readAll()).rounds;
  assert.deepEqual([stored.shown.revision, stored.snapshot.revision], [2, 3]);
});

test("the answer to an incident arrives without a new revision", async () => {
  const tab = await phone();
  await tab.sync.sync();
  bank.rounds.get(3).incidents = [{ client_id: "x", kind: "road", decision: "skip", note: "" }];
  await tab.sync.sync();
  const [stored] = (await tab.store.readAll()).rounds;
  assert.deepEqual([stored.incidents[0].decision, stored.snapshot.revision], ["skip", 1]);
});

test("events of a second phone are fetched, and do not go out again", async () => {
  const tab = await phone();
  bank.rounds.get(3).events.set("other", { client_id: "other", kind: "arrived", pickup: 31, sequence: 12, device_at: "2026-11-24T09:00:00Z", device: "other", payload: {} });
  await tab.sync.sync();
  assert.deepEqual(await statuses(tab), ["sent"]);
  assert.equal((await tab.outbox.record(3, "collected")).sequence, 13);
});

test("a session that is over is noted, and the outbox waits for the next one", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  bank.signedIn = false;
  await tab.sync.sync();
  assert.deepEqual([tab.sync.state.signedOut, await statuses(tab)], [true, ["waiting"]]);
  bank.signedIn = true;
  await tab.sync.sync();
  assert.deepEqual([tab.sync.state.signedOut, await statuses(tab)], [false, ["sent"]]);
});

test("a phone that is shut out loses its rounds and its sent events, and keeps unsent ones", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  await tab.sync.sync();
  await tab.outbox.record(3, "arrived");
  bank.revoked = true;
  await tab.sync.sync();
  const stored = await tab.store.readAll();
  assert.deepEqual([stored.rounds, stored.revoked, stored.terms, stored.events.map((event) => event.kind)], [[], "office", undefined, ["arrived"]]);
  bank.revoked = false;
  await tab.sync.sync();
  assert.deepEqual([(await tab.store.readAll()).revoked, bank.taken(3).length], [false, 2]);
});

test("a session ended from the board makes the phone ask for the reason and wipe its rounds", async () => {
  const tab = await phone();
  await tab.sync.sync();
  bank.revoked = "asking";
  await tab.sync.sync();
  const stored = await tab.store.readAll();
  assert.deepEqual([stored.rounds, stored.revoked, tab.sync.state.signedOut], [[], "office", false]);
});

test("a phone that cannot learn the reason keeps its rounds", async () => {
  const tab = await phone();
  await tab.sync.sync();
  bank.revoked = "asking";
  bank.fail(/devices/, "drop");
  await tab.sync.sync();
  assert.deepEqual([(await tab.store.readAll()).rounds.length, tab.sync.state.signedOut], [2, true]);
});

test("a phone with an unsent record is not handed to another person", async () => {
  const tab = await phone();
  await tab.sync.sync();
  await tab.outbox.record(3, "started");
  bank.person = { id: 2, name: "Bruno" };
  await tab.sync.sync();
  assert.deepEqual([tab.sync.state.stranger, await statuses(tab), bank.taken(3)], [true, ["waiting"], []]);
  bank.person = { id: 1, name: "Ana" };
  await tab.sync.sync();
  assert.deepEqual([tab.sync.state.stranger, await statuses(tab)], [false, ["sent"]]);
});

test("a phone with an empty outbox changes hands, and forgets the former person", async () => {
  const tab = await phone();
  await tab.outbox.record(3, "started");
  await tab.store.changeSettings({ navigation: "waze" });
  await tab.sync.sync();
  bank.person = { id: 2, name: "Bruno" };
  bank.rounds.delete(3);
  await tab.sync.sync();
  const stored = await tab.store.readAll();
  assert.deepEqual([tab.sync.state.stranger, stored.person.id, stored.settings], [false, 2, {}]);
  assert.deepEqual([stored.events, stored.rounds.map((each) => each.round)], [[], [4]]);
});

test("a full disk does not stop the records that are on it", async () => {
  const tab = await phone();
  await tab.sync.sync();
  const { client_id } = await tab.outbox.record(3, "started");
  bank.terms = { navigation: "off" };
  const emptyDisk = fillDisk();
  await assert.rejects(tab.sync.sync(), { name: "QuotaExceededError" });
  emptyDisk();
  assert.deepEqual([bank.taken(3), await statuses(tab)], [[client_id], ["waiting"]]);
  await tab.sync.sync();
  assert.deepEqual([bank.taken(3), await statuses(tab)], [[client_id], ["sent"]]);
});

test("after too many wrong PINs the session is closed at the next contact", async () => {
  const tab = await phone();
  await tab.store.setMeta("leaving", true);
  bank.fail(/./, "drop");
  await tab.sync.sync();
  assert.equal((await tab.store.readAll()).leaving, true);
  await tab.sync.sync();
  assert.deepEqual([(await tab.store.readAll()).leaving, bank.signedIn, tab.sync.state.signedOut], [false, false, true]);
});
