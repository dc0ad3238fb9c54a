// A label used twice in the round, noticed as it is typed or scanned.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { $, $$, openPhonePage, text } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { roundModel } = await load("round-model");
const { stopForm } = await load("stop-form");
const { noticeUsedLabels, usedLabels } = await load("used-labels");

const visit = stop(32, { purposes: ["collection", "blood_sample"] });
const before = {
  client_id: "a", kind: "collected", pickup: 31, sequence: 1, device_at: "2026-11-24T09:00:00Z",
  payload: { bottles: 1, containers: ["A1"], tubes: [{ number: "T1", drawn_at: "2026-11-24T09:00:00Z" }, { number: "" }] },
};
let done;

beforeEach(async () => {
  await newPhone();
  done = [];
  const { stops } = roundModel(round(3, 1, stop(31), visit), [before]);
  const about = { limit: -18, terms: { proofs: {} }, boxes: [], round: 3 };
  const form = stopForm(visit, null, about, (payload) => done.push(payload));
  $("[data-page]").replaceChildren(noticeUsedLabels(form, usedLabels(stops, 32)));
});

const notice = () => $$(".used").map(text);
function type(control, value, name = "input") {
  control.value = value;
  control.dispatchEvent(new Event(name, { bubbles: true }));
}
const labels = () => $("[name=labels]");

test("a label of another visit is noticed at its end, with the stop that has it", () => {
  labels().closest("details").open = true;
  labels().focus();
  type(labels(), "a1");
  assert.deepEqual(notice(), []);
  type(labels(), "a1\n");
  assert.deepEqual(notice(), ["label_used A1 1 Donor 31"]);
  type(labels(), "a12\n");
  assert.deepEqual(notice(), []);
  type(labels(), "T1", "change");
  assert.deepEqual(notice(), ["label_used T1 1 Donor 31"]);
});

test("a scanned label is judged at once, and the own visit's labels are no others'", () => {
  labels().blur();
  type(labels(), "A1");
  assert.deepEqual(notice(), ["label_used A1 1 Donor 31"]);
  const { stops } = roundModel(round(3, 1, stop(31), visit), [before]);
  assert.equal(usedLabels(stops, 31).size, 0);
});

test("a label is noticed twice in one record, on a bottle and on a tube", () => {
  $$("[data-adds=tube]")[0].click();
  type(labels(), "B1\n", "change");
  type($("[name=tube]"), "b1", "change");
  assert.deepEqual(notice(), ["labels_twice B1"]);
});

test("a record with such a label is held back, with the focus on the field", () => {
  type(labels(), "A1", "change");
  $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  assert.deepEqual([done, document.activeElement.name, labels().closest("details").open], [[], "labels", true]);
});
