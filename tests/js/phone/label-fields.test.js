// Labels of bottles and tubes: typed or scanned numbers, duplicates, times of drawing.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { $, openPhonePage, text, type } from "../support/page.js";

openPhonePage();
const codes = [];
Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => ({ getTracks: () => [{ stop: () => {} }] }) } });
Object.defineProperty(navigator, "vibrate", { value: () => true });
window.HTMLMediaElement.prototype.play = async () => {};
globalThis.BarcodeDetector = class {
  detect = async () => codes.splice(0).map((rawValue) => ({ rawValue }));
};
const { countField } = await import("../../../static/js/phone/count-field.js");
const { labelsField } = await import("../../../static/js/phone/labels-field.js");
const { numberOf } = await import("../../../static/js/phone/numbers.js");
const { instantOf, tubesField } = await import("../../../static/js/phone/tubes-field.js");

beforeEach(() => $("[data-page]").replaceChildren());

const counting = (value) => ({ value: () => value, raiseTo: (numbers) => (value = Math.max(value, numbers)) });
const field = (before = [], terms = { label_check: "off" }, bottles = 3) => labelsField({ pickup: 31 }, before, terms, counting(bottles));
const button = (node, words) => [...node.querySelectorAll("button")].find((each) => text(each) === words);

test("labels are separated by spaces, commas, semicolons or lines, and read in capitals", () => {
  const labels = field();
  type(labels.input, " a1, b2;c3\n\nd4 ");
  assert.deepEqual(labels.value(), ["A1", "B2", "C3", "D4"]);
  assert.deepEqual(field().value(), []);
});

test("a label that is there twice is an error, also in another case", () => {
  const labels = field();
  type(labels.input, "A1 B2 a1");
  assert.equal(labels.error(), "labels_twice A1");
});

test("more labels than bottles are an error, fewer are not", () => {
  const labels = field([], {}, 1);
  type(labels.input, "A1 B2");
  assert.equal(labels.error(), "labels_many");
  type(labels.input, "A1");
  assert.equal(labels.error(), null);
});

test("the first invalid label is named, with its reason", () => {
  const labels = field();
  for (const [given, error] of [["A1 B/2", "label_bad_sign B/2"], [numberOf(32, 1), `label_other_visit ${numberOf(32, 1)}`], ["-A", "label_bad_sign -A"]]) {
    type(labels.input, given);
    assert.equal(labels.error(), error);
  }
});

test("the bank decides whether a label without check digit passes", () => {
  const labels = field([], { label_check: "damm" });
  type(labels.input, "57241");
  assert.equal(labels.error(), "label_bad_digit 57241");
  type(labels.input, "5724");
  assert.equal(labels.error(), null);
  const unchecked = field([], undefined);
  type(unchecked.input, "57241");
  assert.equal(unchecked.error(), null);
});

test("labels are folded until there are some, and unfold for an error", () => {
  assert.deepEqual([field().node.open, field(["A1"]).node.open], [false, true]);
  const labels = field();
  type(labels.input, "A1 A1");
  labels.error();
  assert.equal(labels.node.open, true);
});

test("a scanned label is added once, without its data identifier", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const labels = field(["A1"]);
  $("[data-page]").append(labels.node);
  button(labels.node, "scan").click();
  await new Promise(setImmediate);
  for (const scanned of ["=%g1234", "=%G1234", "a1"]) {
    codes.push(scanned);
    context.mock.timers.tick(250);
    await new Promise(setImmediate);
  }
  assert.deepEqual(labels.value(), ["A1", "G1234"]);
  button(labels.node, "scan_stop").click();
  assert.equal(labels.node.querySelector("video"), null);
});

test("scanned labels raise the count of the bottles, and count all of them", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const count = countField({ bottles: 2 }, null, true, () => {});
  const labels = labelsField({ pickup: 31 }, [], {}, count);
  $("[data-page]").append(count.node, labels.node);
  button(labels.node, "scan").click();
  await new Promise(setImmediate);
  for (const [scanned, bottles, error] of [["A1", 2, "count_missing"], ["A2", 2, null], ["A3", 3, null]]) {
    codes.push(scanned);
    context.mock.timers.tick(250);
    await new Promise(setImmediate);
    assert.deepEqual([count.value(), count.error(), labels.error()], [bottles, error, null]);
  }
});

test("a scanned number goes to the first tube without one, else to a new tube", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const tubes = tubesField(31, []);
  $("[data-page]").append(tubes.node);
  button(tubes.node, "tube_add").click();
  button(tubes.node, "scan").click();
  await new Promise(setImmediate);
  for (const scanned of ["T1", "T2", "T1"]) {
    codes.push(scanned);
    context.mock.timers.tick(250);
    await new Promise(setImmediate);
  }
  assert.deepEqual(tubes.value().map(({ number }) => number), ["T1", "T2"]);
});

test("a camera that is refused leaves the typing", async (context) => {
  context.mock.method(navigator.mediaDevices, "getUserMedia", async () => {
    throw new DOMException("refused", "NotAllowedError");
  });
  const labels = field();
  button(labels.node, "scan").click();
  await new Promise(setImmediate);
  assert.match(text(labels.node), /scan_no_camera/);
  type(labels.input, "A1");
  assert.deepEqual(labels.value(), ["A1"]);
});

const NOW = Date.parse("2026-11-24T09:30:00Z");
const drawn = (given, was = new Date(NOW).toISOString()) => instantOf(given, was);

test("a time of drawing is the bank's, whatever is between hours and minutes", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: NOW });
  for (const given of ["10:05", "10.05", "10h05", "1005", " 10:05 "]) assert.equal(drawn(given), "2026-11-24T09:05:00.000Z", given);
  assert.equal(drawn("9:05"), "2026-11-24T08:05:00.000Z");
});

test("a time that the clock has not reached today was yesterday's", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: NOW });
  assert.equal(drawn("10:31"), "2026-11-24T09:31:00.000Z", "a minute ahead is a clock that is a little fast");
  assert.equal(drawn("10:32"), "2026-11-23T09:32:00.000Z");
  assert.equal(drawn("23:50"), "2026-11-23T22:50:00.000Z");
});

test("a text that is no time of day is none", () => {
  for (const given of ["", "noon", "24:00", "10:60", "10:5", "10:05:00", "-1:00"]) assert.equal(drawn(given), null, given);
});

test("tubes need at least one line, each with a time, and each number once", () => {
  const tubes = tubesField(31, []);
  assert.equal(tubes.error(), "tube_missing");
  for (let n = 0; n < 2; n++) button(tubes.node, "tube_add").click();
  assert.equal(tubes.error(), null);
  const [one, other] = tubes.node.querySelectorAll("input[name=tube]");
  [one.value, other.value] = ["b7", "B7"];
  assert.equal(tubes.error(), "labels_twice B7");
  other.value = "B/8";
  assert.equal(tubes.error(), "label_bad_sign B/8");
  tubes.node.querySelectorAll("[aria-label^=tube_remove]")[1].click();
  assert.deepEqual([tubes.error(), tubes.value().map((tube) => tube.number)], [null, ["B7"]]);
  tubes.node.querySelector("input[name=drawn]").value = "25:00";
  assert.equal(tubes.error(), "tube_time");
});

test("tubes of a former record keep their day and their seconds unless their time is changed", () => {
  const drawn_at = "2026-11-23T15:20:41.000Z";
  assert.deepEqual(tubesField(31, [{ number: "B7", drawn_at }]).value(), [{ number: "B7", drawn_at }]);
});
