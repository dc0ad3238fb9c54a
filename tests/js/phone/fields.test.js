// Fields of the phone's forms: figures, choices, texts, temperatures, and how their errors are shown.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { $, openPhonePage, text, type } from "../support/page.js";

openPhonePage();
const { celsiusField, readCelsius } = await import("../../../static/js/phone/celsius-field.js");
const fields = await import("../../../static/js/phone/fields.js");
const { validate } = await import("../../../static/js/phone/validation.js");

const page = $("[data-page]");
beforeEach(() => page.replaceChildren());

function show(field) {
  page.append(field.node);
  return field;
}
const errorOf = (field) => field.node.querySelector(":scope > .wrong")?.textContent ?? null;
const [less, more] = [0, 1].map((which) => (field) => field.node.querySelectorAll("button")[which].click());

test("a temperature is read with a point, a comma, a minus on either side of zero", () => {
  const cases = [
    ["18", true, -18], ["18.5", true, -18.5], ["18,5", true, -18.5], [" 18 ", true, -18], ["4", false, 4], ["-18", false, -18],
    ["-18", true, -18], ["\u221218,5", false, -18.5], ["\u221218", true, -18], ["0", true, 0], ["0", false, 0], ["-0", true, 0], ["18,", true, -18],
  ];
  for (const [given, below, degrees] of cases) assert.ok(Object.is(readCelsius(given, below), degrees), `${given} is ${readCelsius(given, below)}`);
});

test("a text that is no figure is no temperature", () => {
  for (const given of ["", " ", "-", "warm", "18°", "1,8,5", "0x12", "1e1", "Infinity", "--18", "+", "- -4"]) {
    assert.equal(readCelsius(given, true), null, given);
  }
});

test("a temperature field starts with the value of the former record, and its side of zero", () => {
  const side = (field) => field.node.querySelector("input:checked").value;
  const cold = celsiusField("box", "Box", { value: -18.5 });
  assert.deepEqual([cold.input.value, side(cold), cold.value()], ["18.5", "below", -18.5]);
  const warm = celsiusField("box", "Box", { value: 4 });
  assert.deepEqual([warm.input.value, side(warm), warm.value()], ["4", "above", 4]);
  const zero = celsiusField("box", "Box", { value: 0 });
  assert.deepEqual([zero.input.value, side(zero), zero.value()], ["0", "above", 0]);
  const empty = celsiusField("box", "Box");
  assert.deepEqual([empty.input.value, side(empty), empty.value()], ["", "below", null]);
});

test("a temperature is required, within the range of a freezer", () => {
  const field = celsiusField("box", "Box");
  assert.equal(field.error(), "celsius_missing");
  for (const [given, error] of [["90", null], ["90,1", "celsius_range"], ["18", null]]) {
    type(field.input, given);
    assert.equal(field.error(), error, given);
  }
  field.node.querySelector("input[value=above]").click();
  for (const [given, error] of [["30", null], ["30,1", "celsius_range"]]) {
    type(field.input, given);
    assert.equal(field.error(), error, given);
  }
});

test("a temperature above the limit warns at once and can be recorded", () => {
  const field = celsiusField("freezer", "Freezer", { limit: -18 });
  const warning = () => text(field.node.querySelector("[role=status]"));
  type(field.input, "18");
  assert.equal(warning(), "");
  type(field.input, "17,9");
  assert.match(warning(), /celsius_warm −18/);
  assert.equal(field.error(), null);
  field.node.querySelector("input[value=above]").click();
  type(field.input, "20");
  assert.match(warning(), /celsius_warm/);
  assert.match(text(celsiusField("freezer", "Freezer", { value: -10, limit: -18 }).node), /celsius_warm/);
});

test("a stepper counts within its limits", () => {
  const field = fields.stepper("bottles", "Bottles", { value: 1, most: 2 });
  for (const [press, value] of [[less, 0], [less, 0], [more, 1], [more, 2], [more, 2]]) {
    press(field);
    assert.equal(field.value(), value);
  }
});

test("a stepper tells each change, typed or pressed", (context) => {
  const changed = context.mock.fn();
  const field = fields.stepper("bottles", "Bottles", { changed });
  type(field.input, "3");
  more(field);
  assert.deepEqual([changed.mock.callCount(), field.value()], [2, 4]);
});

test("a count is a whole number that is not negative and not above its limit", () => {
  const field = fields.stepper("bottles", "Bottles", { value: 1, most: 200 });
  for (const given of ["0", "200", " 7 "]) {
    type(field.input, given);
    assert.equal(field.error(), null, given);
  }
  for (const given of ["", "201", "-1", "\u22121", "1.5", "1,5", "1e2", "two"]) {
    type(field.input, given);
    assert.equal(field.error(), "wrong", given);
  }
});

test("a choice without an answer is an error, and an answer is passed on", (context) => {
  const changed = context.mock.fn();
  const field = show(fields.choices("storage", "Storage", [["right", "Right"], ["wrong", "Wrong"]], { missing: "missing", changed }));
  assert.deepEqual([field.value(), field.error()], [null, "missing"]);
  field.node.querySelector("input[value=wrong]").click();
  assert.deepEqual([field.value(), field.error(), changed.mock.calls[0].arguments], ["wrong", null, ["wrong"]]);
  assert.equal(fields.choices("storage", "Storage", [["right", "Right"]], { chosen: "right" }).value(), "right");
});

test("two choices of one name do not share their answer", () => {
  const [one, other] = [1, 2].map(() => show(fields.choices("reason", "Reason", [["a", "A"], ["b", "B"]], { chosen: "a" })));
  other.node.querySelector("input[value=b]").click();
  assert.deepEqual([one.value(), other.value()], ["a", "b"]);
});

test("a text is trimmed before it is judged and before it is recorded", () => {
  const field = fields.text("receiver", "Receiver", { check: (given) => (given ? null : "missing") });
  type(field.input, "   ");
  assert.equal(field.error(), "missing");
  type(field.input, " Ana ");
  assert.deepEqual([field.value(), field.error()], ["Ana", null]);
});

test("every wrong field is marked, the first one gets the focus, and correcting it unmarks it", () => {
  const [good, bad, worse] = ["1", "x", "y"].map((value) => show(fields.stepper("bottles", "Bottles", { value })));
  assert.equal(validate([good, bad, worse]), false);
  assert.deepEqual([good, bad, worse].map(errorOf), [null, "wrong", "wrong"]);
  assert.equal(document.activeElement, bad.input);
  assert.equal(bad.input.getAttribute("aria-invalid"), "true");
  type(bad.input, "4");
  assert.deepEqual([errorOf(bad), bad.input.hasAttribute("aria-invalid"), errorOf(worse)], [null, false, "wrong"]);
  assert.equal(validate([good, bad]), true);
});

test("a field that was corrected is not marked again before the next attempt", () => {
  const field = show(fields.stepper("bottles", "Bottles", { value: "x" }));
  validate([field]);
  type(field.input, "4");
  type(field.input, "4x");
  assert.equal(errorOf(field), null);
  assert.equal(validate([field]), false);
  type(field.input, "4y");
  assert.equal(errorOf(field), "wrong");
});

test("a field that stays wrong is judged once for each touch, however long it is touched", () => {
  let judged = 0;
  const field = show(fields.text("receiver", "Receiver", { check: () => (judged += 1) && "wrong" }));
  validate([field]);
  for (let touch = 0; touch < 12; touch++) {
    type(field.input, `${touch}`);
    field.input.click();
  }
  assert.equal(judged, 1 + 2 * 12);
  assert.equal(field.node.querySelectorAll(".wrong").length, 1);
});
