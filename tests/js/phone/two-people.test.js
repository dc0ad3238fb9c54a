// Two people on one phone, and two phones at one stop: nothing of either is lost, and both are told.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, openPhonePage, text } from "../support/page.js";
import { newPhone, openTab } from "../support/phone.js";
import { at, round, stop } from "../support/rounds.js";

openPhonePage();
const ANA = { id: 1, name: "Ana" };
const BRUNO = { id: 2, name: "Bruno" };
const modules = ["drafts", "outbox", "photos", "replay", "rival-note", "round-model", "session", "sign-out", "store", "sync"];
let bank;
let tab;

beforeEach(async () => {
  bank = new Bank(round(3, 1, stop(31), stop(32)));
  await newPhone(bank);
  tab = await openTab(...modules);
  await tab.sync.sync();
});

const kept = async () => {
  const { events, photos, drafts, person } = await tab.store.readAll();
  return { events: events.length, photos: photos.length, drafts: drafts.length, person: person.id };
};

async function changeHands(person) {
  bank.person = person;
  await tab.sync.sync();
}

for (const [what, leave, expected] of [
  ["a waiting record", () => bank.fail(/POST .*events/, 503, { times: Infinity }), { events: 1 }],
  ["a refused record", async () => bank.refusals.set((await tab.store.readAll()).events[0].client_id, "No."), { events: 1 }],
  ["a record on which the server fails", async () => bank.failures.add((await tab.store.readAll()).events[0].client_id), { events: 1 }],
]) {
  test(`${what} of the first person outlives the sign-in of the second, and is theirs to send`, async () => {
    await tab.outbox.record(3, "started");
    await leave();
    await tab.sync.sync();
    await changeHands(BRUNO);
    assert.deepEqual([tab.sync.state.stranger, await kept()], [true, { photos: 0, drafts: 0, person: ANA.id, ...expected }]);
    assert.deepEqual(bank.taken(3), []);
    await changeHands(ANA);
    assert.deepEqual([tab.sync.state.stranger, (await kept()).events], [false, 1]);
  });
}

test("a photo and a draft of the first person outlive the sign-in of the second", async () => {
  await tab.photos.putPhoto("picture", 3, new ArrayBuffer(8));
  await tab.outbox.record(3, "collected", { pickup: 31, payload: { photo: "picture" } });
  bank.fail(/photos/, 413);
  await tab.sync.sync();
  await changeHands(BRUNO);
  assert.deepEqual([tab.sync.state.stranger, (await kept()).photos], [true, 1]);
  await changeHands(ANA);
  await tab.photos.requeuePhoto("picture");
  await tab.drafts.putDraft({ round: 3, pickup: 32, address: "stop/32/record", values: [["note", "Dog"]] });
  await tab.sync.sync();
  await changeHands(BRUNO);
  assert.deepEqual([tab.sync.state.stranger, (await kept()).drafts], [true, 1]);
  await tab.drafts.discardDraft("3/stop/32/record");
  await changeHands(BRUNO);
  const { photos, drafts, person } = await kept();
  assert.deepEqual([tab.sync.state.stranger, photos, drafts, person], [false, 0, 0, BRUNO.id]);
});

test("a record that is made while the phone changes hands is never wiped", async () => {
  for (let time = 0; time < 5; time++) {
    const [accepted] = await Promise.all([tab.session.acceptPerson(time % 2 ? ANA : BRUNO), tab.outbox.record(3, "box_read")]);
    const { events } = await tab.store.readAll();
    assert.equal(events.length, 1, `${accepted}`);
    await tab.store.wipeUnless(() => false);
    await tab.store.setMeta("person", time % 2 ? BRUNO : ANA);
  }
});

test("a record that is made while the session closes holds the phone's contents", async () => {
  const { fetch } = bank;
  globalThis.fetch = async (path, options) => {
    if (path.startsWith("/sign-out")) await tab.outbox.record(3, "box_read");
    return fetch(path, options);
  };
  $("[data-page]").replaceChildren(...tab["sign-out"].signOutSection(await tab.store.readAll()).filter(Boolean));
  $("#sign-out").click();
  while (!/sign_out_refused 1/.test(text($("[data-page]")))) await new Promise(setImmediate);
  assert.equal((await kept()).events, 1);
});

const collected = (bottles, changes = {}) => ({
  bottles, volume_ml: 500, freezer_celsius: -20, storage_ok: true, containers: [], refused: [{ count: 1, reason: "thawed" }],
  empties_left: 0, checks: { blood_sample: true }, tubes: [{ number: "T1", drawn_at: at(0) }], note: "", ...changes,
});

// The other phone's record, as the bank sends it: its own spelling of instants and order of fields.
function recordElsewhere(payload) {
  const tubes = payload.tubes.map(({ number, drawn_at }) => ({ drawn_at: drawn_at.replace(".000Z", "+00:00"), number }));
  const refused = payload.refused.map(({ count, reason }) => ({ reason, count }));
  bank.rounds.get(3).events.set("other", {
    client_id: "other", kind: "collected", pickup: 31, sequence: 1, device_at: at(20), happened_at: at(20), device: "other", payload: { ...payload, tubes, refused },
  });
}

async function stopOnThePhone() {
  const stored = await tab.store.readAll();
  const { stops } = tab["round-model"].roundModel(round(3, 1, stop(31), stop(32)), stored.events);
  return [stops[0], stored];
}

test("both records of one visit are shown on the phone, with the phone of each", async () => {
  recordElsewhere(collected(3));
  await tab.outbox.record(3, "collected", { pickup: 31, payload: collected(4) });
  await tab.sync.sync();
  const note = text(tab["rival-note"].rivalNote(...(await stopOnThePhone())));
  assert.match(note, /rival_title Donor 31.*rival_there · recorded_bottles bottles_many 3.*rival_here · recorded_bottles bottles_many 4.*rival_counts/);
});

test("a visit that one phone recorded and the other did not do is shown on both", async () => {
  recordElsewhere(collected(3));
  await tab.outbox.record(3, "not_done", { pickup: 31, payload: { reason: "access", note: "", rebook: false } });
  await tab.sync.sync();
  assert.match(text(tab["rival-note"].rivalNote(...(await stopOnThePhone()))), /recorded_bottles bottles_many 3.*reason_access/);
});

test("two records that agree, and the choice of a coordinator, need no note", async () => {
  recordElsewhere(collected(4));
  const own = await tab.outbox.record(3, "collected", { pickup: 31, payload: collected(4, { note: "Dog" }) });
  await tab.sync.sync();
  assert.equal(tab["rival-note"].rivalNote(...(await stopOnThePhone())), null);
  recordElsewhere(collected(3));
  const undo = { client_id: "office", kind: "undone", pickup: 31, sequence: 9, device_at: at(30), device: null, payload: { undoes: own.client_id, reason: "office" } };
  bank.rounds.get(3).events.set("office", undo);
  await tab.sync.sync();
  assert.equal(tab["rival-note"].rivalNote(...(await stopOnThePhone())), null);
});
