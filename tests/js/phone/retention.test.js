// Retention: addresses leave the phone in time, unsent records never.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { newPhone, openTab } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

const MINUTE = 60_000;
let tab;

beforeEach(async () => {
  await newPhone();
  tab = await openTab("drafts", "outbox", "photos", "retention", "store");
  await tab.store.updateRound(3, () => ({ round: 3, shown: round(3, 1, stop(31)), snapshot: round(3, 1, stop(31)) }));
});

async function sent(kind, payload) {
  const { client_id } = await tab.outbox.record(3, kind, { payload });
  await tab.outbox.applyOutcomes([{ client_id, status: "accepted" }]);
}

const stored = async () => {
  const { rounds, events } = await tab.store.readAll();
  return { rounds, kinds: events.map((event) => event.kind) };
};

test("an unloaded round goes a quarter of an hour after its last event, not before", async (context) => {
  await sent("started");
  const now = Date.now() + 60 * MINUTE;
  context.mock.timers.enable({ apis: ["Date"], now });
  await sent("handed_over");
  context.mock.timers.setTime(now + 14 * MINUTE);
  await tab.retention.forgetUnloaded(3);
  assert.equal((await stored()).kinds.length, 2);
  context.mock.timers.setTime(now + 16 * MINUTE);
  await tab.retention.forgetUnloaded(3);
  assert.deepEqual(await stored(), { rounds: [{ round: 3, unloaded: { letter: "A", day: "2026-11-24" } }], kinds: [] });
});

test("an unloaded round with a waiting, a refused or a photographed record stays", async (context) => {
  await sent("handed_over");
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() + 60 * MINUTE });
  const { client_id } = await tab.outbox.record(3, "closed");
  context.mock.timers.setTime(Date.now() + 60 * MINUTE);
  for (const status of ["waiting", "refused"]) {
    if (status === "refused") await tab.outbox.applyOutcomes([{ client_id, status }]);
    await tab.retention.forgetUnloaded(3);
    assert.equal((await stored()).kinds.length, 2, status);
  }
  await tab.outbox.applyOutcomes([{ client_id, status: "accepted" }]);
  await sent("collected", { photo: "picture" });
  context.mock.timers.setTime(Date.now() + 60 * MINUTE);
  await tab.photos.putPhoto("picture", 3, new ArrayBuffer(8));
  await tab.retention.forgetUnloaded(3);
  assert.equal((await stored()).kinds.length, 3);
});

test("a round that is listed no longer goes once everything in it is sent", async () => {
  const { client_id } = await tab.outbox.record(3, "arrived");
  await tab.retention.forgetUnlisted([]);
  assert.deepEqual((await stored()).kinds, ["arrived"]);
  await tab.outbox.applyOutcomes([{ client_id, status: "accepted" }]);
  await tab.retention.forgetUnlisted([{ round: 3 }]);
  assert.equal((await stored()).rounds.length, 1);
  await tab.retention.forgetUnlisted([{ round: 4 }]);
  assert.deepEqual(await stored(), { rounds: [], kinds: [] });
});

test("forgetting a round leaves the events of the others", async () => {
  await sent("started");
  await tab.outbox.record(4, "started");
  await tab.retention.forgetUnlisted([]);
  assert.deepEqual((await tab.store.readAll()).events.map((event) => event.round), [4]);
});

test("a round with a draft stays until the draft is discarded", async () => {
  await tab.drafts.putDraft({ round: 3, pickup: 31, address: "stop/31/record", values: [] });
  await tab.retention.forgetUnlisted([]);
  assert.equal((await stored()).rounds.length, 1);
  await tab.drafts.discardDraft("3/stop/31/record");
  await tab.retention.forgetUnlisted([]);
  assert.equal((await stored()).rounds.length, 0);
});
