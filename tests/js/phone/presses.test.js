// A tap is never lost to a drawing: the page waits while a finger or a mouse button is down.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, openPhonePage, text } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { at, round, stop } from "../support/rounds.js";

const load = (name) => import(`../../../static/js/phone/${name}.js`);
const full = { window: { opens: at(0), closes: at(60) }, address: { line: "1 rue X", town: "Talence", latitude: 44.8, longitude: -0.6 } };
const snapshot = { ...round(3, 1, stop(31, full)), metres: 42_000, freezer_warmest_celsius: -18 };
const bank = new Bank(snapshot);
bank.terms = { proofs: {}, freezers: [], navigation: "all" };

openPhonePage();
const { start } = await load("app");
const { record } = await load("outbox");
const { sync } = await load("sync");
const until = async (met) => {
  while (!met()) await new Promise(setImmediate);
};
const pointer = (kind, target) => target.dispatchEvent(Object.assign(new Event(kind, { bubbles: true }), { pointerId: 1 }));

await newPhone(bank);
start();
await sync();

beforeEach(async () => {
  await record(3, "started", { payload: { boxes: [] } });
  location.hash = "#/stop/31";
  await until(() => $("#stop-title"));
});

// An event of the round that changes the page of its stop.
const settle = (reason) => record(3, "not_done", { pickup: 31, payload: { reason } });
const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};
const page = () => text($("[data-page]"));

test("an element that is pressed stays until its click, and the page is drawn after it", async () => {
  const title = $("#stop-title");
  let clicks = 0;
  title.addEventListener("click", () => (clicks += 1));
  pointer("pointerdown", title);
  await settle("nobody_home");
  await turns();
  assert.ok(title.isConnected);
  assert.doesNotMatch(page(), /reason_nobody_home/);
  pointer("pointerup", title);
  title.click();
  assert.equal(clicks, 1);
  await until(() => /reason_nobody_home/.test(page()));
});

for (const [end, follow, reason] of [["pointercancel", "a scroll", "access"], ["pointerup", "a long press", "wrong_address"]]) {
  test(`after ${follow}, which sends no click, the page is drawn as well`, async () => {
    const title = $("#stop-title");
    pointer("pointerdown", title);
    await settle(reason);
    pointer(end, title);
    await until(() => page().includes(`reason_${reason}`));
  });
}
