// The page of the app: after a revocation, or for a second person, no name stays on the screen.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, openPhonePage, text } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

const load = (name) => import(`../../../static/js/phone/${name}.js`);
const full = { window: { opens: "2026-11-24T09:00:00Z", closes: "2026-11-24T10:00:00Z" } };
const snapshot = { ...round(3, 1, stop(31, full), stop(32, full)), metres: 42_000, freezer_warmest_celsius: -18 };
const bank = new Bank(snapshot);
bank.terms = { proofs: {}, freezers: [], navigation: "all" };

openPhonePage();
const { start } = await load("app");
const { record } = await load("outbox");
const { sync } = await load("sync");
const until = async (met) => {
  while (!met()) await new Promise(setImmediate);
};
const screen = () => text(document.body).replace(text($("#texts")), "");

await newPhone(bank);
start();

beforeEach(async () => {
  Object.assign(bank, { revoked: false, person: { id: 1, name: "Ana" } });
  await sync();
  await record(3, "started", { payload: { boxes: [] } });
  await until(() => /Martin/.test(screen()));
  location.hash = "#/stop/31/record";
  await until(() => $("form.record"));
  $("[name=note]").value = "Dog";
  $("[name=note]").dispatchEvent(new Event("input", { bubbles: true }));
});

test("a revocation takes an open form and every name off the screen", async () => {
  bank.revoked = true;
  await sync();
  await until(() => /revoked_title/.test(screen()));
  assert.doesNotMatch(screen(), /Martin|Donor 31|Talence|Round A/);
});

test("for a second person an open form of the first goes off the screen", async () => {
  bank.person = { id: 2, name: "Bruno" };
  await sync();
  await until(() => /not_ours/.test(screen()));
  assert.doesNotMatch(screen(), /Martin|Donor 31|Talence/);
});
