// Pages of the phone, drawn at every address and in every state of a round.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, $$, openPhonePage, text } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { at, round, stop } from "../support/rounds.js";

const window = openPhonePage();
window.scrollTo = () => {};
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { record } = await load("outbox");
const { chooseRound } = await load("round-choice");
const { pageAt } = await load("router");
const store = await load("store");
const { state } = await load("sync");
const { drawBar } = await load("top-bar");

const full = {
  call_first: true, code: "amber fox", donor_number: 10_000_014, note: "Ring twice", phone: "+33 5 36 49 00 00", empties_wanted: 2,
  window: { opens: at(0), closes: at(120) }, address: { line: "1 rue X", postcode: "33400", town: "Talence", access_notes: "3rd floor", latitude: 44.8, longitude: -0.6 },
};
const snapshot = { ...round(3, 1, stop(31, full), stop(32, { ...full, purposes: ["blood_sample"], bottles: 0 })), vehicle: "V1", metres: 42_000, freezer_warmest_celsius: -18 };
const terms = { phone: "+33 5 36 49 00 01", milk_ride_minutes: 360, tube_ride_minutes: 240, proofs: {}, navigation: "all", freezers: [{ site: 1, name: "Bank", kind: "bank", latitude: 44.8, longitude: -0.6 }] };

beforeEach(async () => {
  await newPhone(new Bank(snapshot));
  Object.assign(state, { signedOut: false, stranger: false });
  await store.setMeta("terms", terms);
  await store.updateRound(3, () => ({ round: 3, shown: snapshot, snapshot }));
});

async function draw(address = "") {
  const stored = await store.readAll();
  const [place, id, form] = address.split("/");
  const { model, others } = chooseRound(stored, { place, id });
  drawBar(stored, model);
  $("[data-page]").replaceChildren(...[pageAt({ place, id, form }, stored, model, others, () => {})].flat(9).filter(Boolean));
  return text($("[data-page]"));
}
const collected = { bottles: 2, volume_ml: 450, freezer_celsius: -20, containers: [], checks: {}, tubes: [], box: "C1" };
const start = () => record(3, "started", { payload: { boxes: [] } });

test("before the start a round has its departure, its loads and one main button", async () => {
  assert.match(await draw(), /departs 10:00 Bank.*bottles_many 2.*empties_many 4.*V1/);
  assert.equal($("#start").getAttribute("href"), "#/start");
  assert.equal($("#read-box"), null);
});

test("a round of another day has its date, and a page of its own before an early start", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-23T22:59:00Z") });
  assert.match(await draw(), /ahead_title Tuesday,? 24 November.*ahead_text/);
  assert.equal($("#start"), null);
  assert.match(await draw("early"), /early_title Tuesday,? 24 November.*early_text Monday,? 23 November/);
  assert.deepEqual([$("#early-no").getAttribute("href"), $("#early-yes").getAttribute("href")], ["#/", "#/start"]);
  assert.match(await draw("start"), /ahead_title Tuesday,? 24 November/);
  context.mock.timers.setTime(Date.parse("2026-11-23T23:01:00Z"));
  await draw();
  assert.ok($("#start"));
  assert.match(await draw("early"), /all_stops/);
});

test("a round of today that is handed over stays before one of tomorrow until its day is closed", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse(at(0)) });
  const tomorrow = { ...snapshot, round: 4, letter: "B", day: "2026-11-25" };
  await store.updateRound(4, () => ({ round: 4, shown: tomorrow, snapshot: tomorrow }));
  await start();
  for (const pickup of [31, 32]) await record(3, "not_done", { pickup, payload: { reason: "access", note: "", rebook: false } });
  await record(3, "handed_over", { payload: { containers: null } });
  assert.match(await draw(), /unloaded_title/);
  await record(3, "closed", { payload: { kilometres: 84 } });
  assert.match(await draw(), /ahead_title/);
});

test("the full address of a stop that is not the next one is shown by a tap, which is recorded", async () => {
  await start();
  assert.match(await draw("stop/32"), /Donor 32 MartinTalenceaddress_showaddress_hint/);
  assert.doesNotMatch(text($("[data-page]")), /1 rue X|3rd floor|amber fox|navigate/);
  $("#show-address").click();
  const shown = async () => (await store.readAll()).events.find(({ kind }) => kind === "address_shown");
  while (!(await shown())) await new Promise(setImmediate);
  assert.deepEqual([(await shown()).pickup, (await shown()).status], [32, "waiting"]);
  assert.match(await draw("stop/32"), /amber fox.*3rd floor.*1 rue X/);
});

test("the list names blood and pump visits, with milk or without", async () => {
  const both = { ...snapshot, stops: [stop(31, { ...full, purposes: ["collection", "pump_return"] }), snapshot.stops[1]] };
  await store.updateRound(3, (was) => ({ ...was, shown: both, snapshot: both }));
  await draw();
  assert.match(text($("#stop-31")), /bottles_many 2 · purpose_pump_return/);
  assert.match(text($("#stop-32")), /Donor 32 · purpose_blood_sample/);
});

test("milk for one's own child is named in the list, on the stop and in its record", async () => {
  const own = { ...snapshot, stops: [stop(31, { ...full, line: "own_child" }), { ...snapshot.stops[1], line: "donated" }] };
  await store.updateRound(3, (was) => ({ ...was, shown: own, snapshot: own }));
  await start();
  assert.match(await draw(), /flag_own_child/);
  assert.match(text($("#stop-31")), /line_own_child/);
  assert.doesNotMatch(text($("#stop-32")), /own_child/);
  assert.match(await draw("stop/31/record"), /flag_own_child.*own_child_hint/);
});

test("a round that has lost all its stops has no departure", async () => {
  await store.updateRound(3, (was) => ({ ...was, shown: { ...snapshot, departs_at: null, stops: [] } }));
  assert.match(await draw(), /departs – Bank/);
});

test("on the road the next stop comes first, with its loads, access and phone", async () => {
  await start();
  assert.match(await draw(), /arrival 10:31.*window 10:00 12:00.*Donor 31 Martin.*amber fox.*3rd floor.*1 rue X.*take.*Ring twice.*10 000 014/);
  assert.equal($("a[href^='tel:']").getAttribute("href"), "tel:+33536490000");
  assert.ok($("#here"));
  await record(3, "arrived", { pickup: 31 });
  await draw();
  assert.equal($("#here"), null);
  assert.ok($("a[href='#/stop/31/record']"));
});

test("a settled stop is reopened, not recorded again", async () => {
  await start();
  await record(3, "collected", { pickup: 31, payload: collected });
  assert.match(await draw("stop/31/record"), /recorded_bottles.*reopen/);
  assert.equal($("form"), null);
  assert.match(await draw("stop/31/reopen"), /reopen_title/);
});

for (const [address, words] of [
  ["stop/31", /Donor 31/], ["stop/31/record", /record_title/], ["stop/31/not-done", /not_done_title/], ["stop/31/rebook", /later_rebook/],
  ["stop/31/later", /later_title/], ["hand-over", /hand_over_title Bank/], ["box", /box_read_title/], ["incident", /incident_title/],
  ["close", /close_title/], ["sync", /sync_title/], ["stop/99", /all_stops/], ["nowhere", /all_stops/], ["start", /all_stops/],
]) {
  test(`on the road the address #/${address} has its page`, async () => {
    await start();
    assert.match(await draw(address), words);
  });
}

test("before the start only the start and an incident can be recorded", async () => {
  for (const address of ["hand-over", "box", "close"]) assert.match(await draw(address), /all_stops/, address);
  assert.match(await draw("start"), /boxes_title/);
  assert.match(await draw("incident"), /incident_title/);
  await draw("stop/31");
  assert.equal($("#here"), null);
});

test("after the last stop the way leads to the hand-over, and then to the end of the day", async () => {
  await start();
  await record(3, "collected", { pickup: 31, payload: collected });
  await record(3, "not_done", { pickup: 32, payload: { reason: "access", note: "", rebook: true } });
  assert.match(await draw(), /incident_rebook.*all_done.*go_back Bank/);
  await record(3, "handed_over", { payload: { containers: null } });
  assert.match(await draw(), /unloaded_title.*said_handed_over/);
  assert.ok($("#close-day"));
  await record(3, "closed", { payload: { kilometres: 84 } });
  assert.match(await draw(), /closed_text 84/);
  assert.deepEqual([$("#close-day"), $("#tell")], [null, null]);
});

test("a new revision is shown once the collector is at no door", async () => {
  await start();
  await record(3, "arrived", { pickup: 31 });
  const second = { ...snapshot, revision: 2, why: "Snow", stops: [{ ...snapshot.stops[0], arrives_at: at(45) }, stop(33, full)] };
  await store.updateRound(3, (was) => ({ ...was, snapshot: second }));
  assert.match(await draw(), /change_waits/);
  await record(3, "collected", { pickup: 31, payload: collected });
  assert.match(await draw(), /changed_title.*Snow.*changed_added \(1\).*changed_removed \(1\).*changed_moved \(1\)/);
  assert.ok($("#acknowledge"));
});

test("a new revision says what changed in a stop, the old beside the new", async () => {
  const [first, second] = snapshot.stops;
  const fresh = { ...first, purposes: ["collection", "blood_sample"], empties_wanted: 6, milk_held: true, address: { ...first.address, access_notes: "Code 51A3" } };
  await store.updateRound(3, (was) => ({ ...was, snapshot: { ...snapshot, revision: 2, stops: [fresh, second] } }));
  assert.match(await draw(), /changed_details \(1\)Donor 31, Talence.*purpose_added purpose_blood_sample.*detail_accesscolon 3rd floor detail_now Code 51A3.*detail_emptiescolon empties_many 2 detail_now empties_many 6.*detail_milk_heldcolon detail_no detail_now detail_yes/);
  assert.deepEqual([$("del").textContent, $("ins").textContent], ["3rd floor", "Code 51A3"]);
  await store.updateRound(3, (was) => ({ ...was, shown: was.snapshot }));
  await start();
  assert.match(await draw(), /flag_milk_held/);
});

test("a clock that runs out shows the nearest freezer and tells the coordinator once", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse(at(0)) });
  await start();
  await record(3, "collected", { pickup: 31, payload: collected });
  context.mock.timers.setTime(Date.parse(at(335)));
  assert.match(await draw(), /alarm_title.*clock_left.*alarm_text.*Bank/);
  assert.ok($("#divert"));
  await record(3, "incident", { payload: { kind: "clock", note: "", site: 1 } });
  assert.match(await draw(), /incident_unsent/);
  assert.equal($("#divert"), null);
});

test("the bar tells of waiting, refused and sent records, and of a session that is over", async () => {
  const bar = async () => {
    await draw();
    return text($("#sync"));
  };
  assert.equal(await bar(), "all_sent");
  const { client_id } = await start();
  assert.match(await bar(), /^waiting 1 \d\d:\d\d$/);
  state.signedOut = true;
  assert.equal(await bar(), "sign_in_short");
  const { applyOutcomes } = await load("outbox");
  await applyOutcomes([{ client_id, status: "refused", message: "No." }]);
  assert.equal(await bar(), "refused_some 1");
});

test("the bar tells of a photo that is still on the phone", async () => {
  const { applyOutcomes } = await load("outbox");
  const { putPhoto } = await load("photos");
  const { client_id } = await record(3, "collected", { pickup: 31, payload: { ...collected, photo: "picture" } });
  await putPhoto("picture", 3, new ArrayBuffer(8));
  await applyOutcomes([{ client_id, status: "accepted" }]);
  await draw("sync");
  assert.match(text($("#sync")), /^waiting 1/);
  assert.match(text($("[data-page]")), /sync_waiting_text/);
});

test("a photo that was refused stays in the list with its reason, and is deleted after a question", async () => {
  const { applyOutcomes } = await load("outbox");
  const { putPhoto } = await load("photos");
  const { client_id } = await record(3, "collected", { pickup: 31, payload: { ...collected, photo: "picture" } });
  await putPhoto("picture", 3, new ArrayBuffer(8));
  await applyOutcomes([{ client_id, status: "accepted" }]);
  await store.setMeta("photoFaults", { picture: { message: "Too large.", final: true } });
  const page = await draw("sync");
  assert.match(page, /sync_title_refused \(1\).*photo · Donor 31, Talence.*Too large\..*delete_sure/);
  assert.doesNotMatch(page, /sync_sent_text|sync_title_waiting/);
  assert.equal(text($("#sync")), "refused_some 1");
});

test("waiting records stand in the order of time, whatever their order on the disk", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse(at(0)) });
  for (const minute of [10, 20, 30, 40, 50]) {
    context.mock.timers.setTime(Date.parse(at(minute)));
    await record(3, "box_read", { payload: { box: "C1", celsius: -20 } });
  }
  await draw("sync");
  assert.deepEqual($$(".unsent li").map((line) => text(line).slice(0, 5)), ["10:10", "10:20", "10:30", "10:40", "10:50"]);
  assert.match(text($("#sync")), /^waiting 5 10:10$/);
});

test("the browser's answer about keeping the contents is shown", async () => {
  const { askPersistence } = await load("persistence");
  for (const [persist, words] of [
    [async () => true, /storage_kept/], [async () => false, /storage_not_kept.*storage_remedy/],
    [async () => { throw new TypeError("no"); }, /storage_unknown/], [undefined, /storage_unknown/],
  ]) {
    Object.defineProperty(navigator, "storage", { value: persist ? { persist } : undefined, configurable: true });
    await askPersistence();
    assert.match(await draw("sync"), words);
  }
});

test("a phone is put away only once nothing is on it alone", async () => {
  const { applyOutcomes } = await load("outbox");
  const { discardDraft, putDraft } = await load("drafts");
  for (const [kind, about] of [
    ["started", {}], ["not_done", { pickup: 31, payload: { reason: "access" } }], ["not_done", { pickup: 32, payload: { reason: "access" } }],
    ["handed_over", { payload: { containers: null } }], ["closed", { payload: { kilometres: 84 } }],
  ]) await record(3, kind, about);
  assert.match(await draw(), /closed_text 84 put_away_not_yet_many 5/);
  await applyOutcomes((await store.readAll()).events.map(({ client_id }) => ({ client_id, status: "accepted" })));
  assert.match(await draw(), /closed_text 84 put_awayall_stops/);
  await putDraft({ round: 3, pickup: null, address: "incident", values: [] });
  assert.match(await draw(), /closed_text 84 put_away_not_yet_one 1/);
  assert.equal(text($("#sync")), "drafts_one 1");
  assert.match(await draw("sync"), /drafts_title \(1\).*incident_title.*draft_open/);
  await discardDraft("3/incident");
  assert.match(await draw(), /put_awayall_stops/);
});

test("a phone of another person, a revoked one and an empty one have a page of their own", async () => {
  state.stranger = true;
  assert.match(await draw(), /not_ours/);
  state.stranger = false;
  await start();
  for (const [reason, words] of [["office", /revoked_title.*revoked_unsent_one 1/], ["pin", /lock_title.*lock_out.*revoked_unsent_one 1/]]) {
    await store.setMeta("revoked", reason);
    assert.match(await draw(), words);
    assert.ok($$("button").some((button) => text(button) === "export"));
  }
  await store.wipeUnless(() => false);
  assert.match(await draw(), /loading/);
  await store.setMeta("touched", at(0));
  assert.match(await draw(), /none_title/);
});

test("a form that is not finished contradicts no page that says all has arrived", async () => {
  const { putDraft } = await load("drafts");
  assert.match(await draw("sync"), /sync_sent_text/);
  await putDraft({ round: 3, pickup: 31, address: "stop/31/record", values: [["note", "Dog"]] });
  const page = await draw("sync");
  assert.match(page, /drafts_title \(1\)/);
  assert.doesNotMatch(page, /sync_sent_text/);
});

const withEmptying = {
  ...snapshot,
  emptyings: [{ site: 2, name: "Antenne", after: 31, latitude: 44.7, longitude: -0.6, arrives_at: at(20), begins_at: at(20), ends_at: at(35) }],
};

test("an emptying on the way is in the list, then the next step, with its site first in the hand-over", async () => {
  await store.updateRound(3, () => ({ round: 3, shown: withEmptying, snapshot: withEmptying }));
  assert.match(await draw(), /all_stops.*Talence.*10:20 Antenne.*empty_the_box Antenne 15.*emptying_ahead.*Talence/);
  await start();
  await record(3, "collected", { pickup: 31, payload: collected });
  assert.match(await draw(), /next_emptying.*10:20.*empty_the_box Antenne 15.*empty_why.*hand_over.*empty_later Talence/);
  assert.equal($("#go-on").getAttribute("href"), "#/stop/32");
  assert.match(await draw("hand-over"), /hand_over_title Antenne/);
  assert.equal($("[name^=site]:checked").value, "2");
  await record(3, "handed_over", { payload: { site: 2, containers: null, box_celsius: -20 } });
  assert.match(await draw(), /next_stop.*Antenne.*emptying_done/);
});
