// The phone's clock against the bank's: measured, stored with each record, corrected on every page.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, openPhonePage, text } from "../support/page.js";
import { newPhone, openTab } from "../support/phone.js";
import { at, round, stop } from "../support/rounds.js";

openPhonePage();
const HOUR = 3_600_000;
const modules = ["api", "clock-jump", "clock-warning", "cold-chain", "device-clock", "form-page", "future-round", "outbox", "replay", "round-model", "store", "sync", "tubes-field"];
let bank;
let tab;
let clock;

beforeEach(async () => {
  bank = new Bank(round(3, 1, stop(31), stop(32)));
  await newPhone(bank);
  tab = await openTab(...modules);
  clock = tab["device-clock"];
});

async function contact(ahead) {
  bank.phoneAhead = ahead;
  await tab.sync.sync();
  clock.useClock((await tab.store.readAll()).clock);
}
const taken = () => [...bank.rounds.get(3).events.values()];
const near = (found, wanted) => assert.ok(Math.abs(found - wanted) < 500, `${found} is not about ${wanted}`);

for (const [words, ahead] of [["one hour ahead", HOUR], ["one day ahead", 24 * HOUR], ["one hour late", -HOUR]]) {
  test(`a phone ${words} stores its offset with each event, and its own time`, async () => {
    await contact(ahead);
    const event = await tab.outbox.record(3, "arrived", { pickup: 31 });
    near(event.offset_ms, -ahead);
    near(Date.parse(event.device_at), Date.now());
    near(Date.parse(clock.happenedAt(event)), Date.now() - ahead);
    await contact(ahead);
    assert.deepEqual(taken().map((each) => each.offset_ms), [event.offset_ms]);
  });
}

test("a phone with the right time has the offset zero, over slow lines too", () => {
  for (const [tripMs, late] of [[200, 80], [20_000, 9_000], [0, 999]]) {
    assert.equal(clock.measuredOffset(null, { bank: 1_000_000, phone: 1_000_000 + late, tripMs }), 0);
  }
  assert.equal(clock.measuredOffset(null, { bank: 1_000_000, phone: 1_005_000, tripMs: 1000 }), -4500);
});

test("a slow answer does not move an offset that was measured before", () => {
  assert.equal(clock.measuredOffset(-HOUR, { bank: 0, phone: HOUR + 4000, tripMs: 8000 }), -HOUR);
  assert.equal(clock.measuredOffset(-HOUR, { bank: 0, phone: 0, tripMs: 100 }), 0);
});

test("an offset that changes in mid-day is stored with each event as it was", async () => {
  await contact(HOUR);
  await tab.outbox.record(3, "started");
  await contact(0);
  await tab.outbox.record(3, "arrived", { pickup: 31 });
  await contact(-HOUR);
  await tab.outbox.record(3, "closed");
  await contact(-HOUR);
  const offsets = taken().map((event) => event.offset_ms);
  near(offsets[0], -HOUR);
  assert.equal(offsets[1], 0);
  near(offsets[2], HOUR);
});

test("events recorded before the first exchange get its offset before they are sent", async () => {
  const event = await tab.outbox.record(3, "collected", { pickup: 31, payload: { tubes: [{ number: "T", drawn_at: at(0) }] } });
  assert.equal(event.offset_ms, null);
  await contact(24 * HOUR);
  near(taken()[0].offset_ms, -24 * HOUR);
  assert.equal(taken()[0].payload.tubes[0].drawn_at, at(0));
});

test("an event of a phone without the field gets the offset of the next exchange", async () => {
  const { offset_ms, ...former } = await tab.outbox.record(3, "started");
  assert.equal(offset_ms, null);
  await tab.store.transaction((tx) => tx.objectStore("events").put(former));
  await contact(HOUR);
  near(taken()[0].offset_ms, -HOUR);
});

// The page is out of view, as while the collector is in the phone's settings.
function leavePage(hidden) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

for (const ahead of [HOUR, -HOUR]) {
  test(`a clock set by ${ahead / HOUR} hour in view of the page is corrected at once, without a network`, async (context) => {
    tab["clock-jump"].watchJumps();
    await contact(0);
    context.mock.timers.enable({ apis: ["Date"], now: Date.now() + ahead });
    const event = await tab.outbox.record(3, "arrived", { pickup: 31 });
    near(event.offset_ms, -ahead);
    assert.equal(event.offset_state, "moved");
    clock.useClock((await tab.store.readAll()).clock);
    $("[data-page]").replaceChildren(tab["clock-warning"].clockWarning());
    assert.match(text($("[data-page]")), ahead > 0 ? /clock_fast/ : /clock_slow/);
  });
}

test("a clock that is ahead after a pause is unsure: the next exchange decides on its records", async (context) => {
  tab["clock-jump"].watchJumps();
  await contact(0);
  leavePage(true);
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() + HOUR });
  leavePage(false);
  const event = await tab.outbox.record(3, "arrived", { pickup: 31 });
  assert.deepEqual([event.offset_ms, event.offset_state], [0, "unsure"]);
  await contact(HOUR);
  near(taken()[0].offset_ms, -HOUR);
});

test("a phone that slept keeps its offset, and its records have it after the next exchange", async (context) => {
  tab["clock-jump"].watchJumps();
  await contact(HOUR);
  leavePage(true);
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() + 2 * HOUR });
  leavePage(false);
  const event = await tab.outbox.record(3, "arrived", { pickup: 31 });
  near(event.offset_ms, -HOUR);
  await contact(HOUR);
  near(taken()[0].offset_ms, -HOUR);
  assert.equal((await tab.store.readAll()).clock.state, "measured");
});

test("a clock that was set back out of view makes the offset unknown until the next exchange", async (context) => {
  tab["clock-jump"].watchJumps();
  await contact(HOUR);
  leavePage(true);
  const set = Date.now() - HOUR;
  context.mock.timers.enable({ apis: ["Date"], now: set });
  leavePage(false);
  const event = await tab.outbox.record(3, "arrived", { pickup: 31 });
  assert.equal(event.offset_ms, null);
  await contact(0);
  assert.equal(taken()[0].offset_ms, 0);
});

test("the drawing of a tube is shown and typed by the bank's clock, and stored by the phone's", async () => {
  await contact(HOUR);
  const field = tab["tubes-field"].tubesField(31, []);
  field.node.querySelectorAll("button")[0].click();
  const [tube] = field.value();
  near(Date.parse(tube.drawn_at), Date.now() - HOUR);
  const event = await tab.outbox.record(3, "collected", { pickup: 31, payload: { tubes: [tube] } });
  near(Date.parse(event.payload.tubes[0].drawn_at), Date.now());
  assert.equal(clock.payloadOf(event).tubes[0].drawn_at, tube.drawn_at);
});

test("clocks of the milk and of the tubes run by the bank's clock", async () => {
  await contact(HOUR);
  const payload = { bottles: 1, box: "", tubes: [{ number: "T", drawn_at: clock.nowText() }] };
  await tab.outbox.record(3, "collected", { pickup: 31, payload });
  await contact(0);
  const { events } = await tab.store.readAll();
  const { items } = tab["round-model"].roundModel(round(3, 1, stop(31)), events);
  const left = tab["cold-chain"].ridingClocks(items, { milk_ride_minutes: 360, tube_ride_minutes: 240 }, Date.now() - HOUR);
  assert.deepEqual(left.map((each) => each.left), [239, 359]);
});

test("the day of the bank decides whether a round is of a later day", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-11-24T09:00:00Z") });
  const { isAhead } = tab["future-round"];
  const tomorrow = { snapshot: { ...round(3, 1), day: "2026-11-25" } };
  clock.useClock({ offset: 0 });
  assert.equal(isAhead(tomorrow), true);
  context.mock.timers.setTime(Date.parse("2026-11-25T09:00:00Z"));
  clock.useClock({ offset: -24 * HOUR });
  assert.equal(isAhead(tomorrow), true);
});

test("the bank's judgement of an instant counts on the page, the phone's own time for the order", async () => {
  const event = { client_id: "x", kind: "arrived", pickup: 31, sequence: 4, device_at: at(60), happened_at: at(0), device: "other", payload: {} };
  bank.rounds.get(3).events.set("x", event);
  await contact(0);
  const { events } = await tab.store.readAll();
  assert.equal(tab.replay.replay(events).arrivedAt, at(0));
  assert.equal(events[0].device_at, at(60));
});

test("the contact is shown by the bank's clock, and the phone's time goes with every request", async () => {
  await contact(HOUR);
  near(Date.parse((await tab.store.readAll()).touched), Date.now() - HOUR);
  near(Date.parse(bank.headers["X-Milkround-Clock"]), Date.now());
});

test("an error of more than two minutes is shown with its remedy, fast and slow", () => {
  const words = (offset) => {
    clock.useClock({ offset });
    $("[data-page]").replaceChildren(...[tab["clock-warning"].clockWarning()].filter(Boolean));
    return text($("[data-page]"));
  };
  assert.equal(words(-120_000), "");
  assert.match(words(-121_000), /clock_fast minutes 2.*clock_remedy/);
  assert.match(words(HOUR + 60_000), /clock_slow hours_minutes 1 01.*clock_remedy/);
  assert.equal(words(null), "");
});
