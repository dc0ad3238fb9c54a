// Numbers of bottles and labels, over the cases that they share with the server's.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { checkDigit, labelError, numberOf, numbersOf, tubesOf } from "../../../static/js/phone/numbers.js";

const cases = JSON.parse(await readFile(new URL("../../replay_cases.json", import.meta.url), "utf8"));

for (const { pickup, bottles, containers, numbers } of cases.numbers) {
  test(`bottles of visit ${pickup} with ${containers.length} labels are numbered as on the server`, () => {
    assert.deepEqual(numbersOf(pickup, { bottles, containers }), numbers);
  });
}

for (const { label, check, wrong } of cases.labels) {
  test(`the label ${label} is ${wrong ?? "right"} (check: ${check})`, () => assert.equal(labelError(label, 31, check), wrong));
}

test("bottles of a record without labels are numbered from one", () => {
  assert.deepEqual(numbersOf(31, { bottles: 2 }), [numberOf(31, 1), numberOf(31, 2)]);
});

test("a number with its check digit checks to zero", () => {
  for (const digits of ["5724", "0", "314159"]) assert.equal(checkDigit(`${digits}${checkDigit(digits)}`), 0);
});

test("every single wrong digit of a generated number is noticed", () => {
  const number = numberOf(31, 1);
  for (const [place, digit] of [...number].entries()) {
    if (digit === "-") continue;
    for (const other of "0123456789".replace(digit, "")) {
      const wrong = number.slice(0, place) + other + number.slice(place + 1);
      assert.equal(labelError(wrong, 31, "off"), "label_bad_digit", wrong);
    }
  }
});

test("a generated number of another visit is not taken for this one", () => {
  assert.equal(labelError(numberOf(31, 1), 31, "off"), null);
  assert.equal(labelError(numberOf(32, 1), 31, "off"), "label_other_visit");
});

test("tubes without a number get one by their place, with its check digit", () => {
  const tubes = tubesOf(31, { tubes: [{ number: "B7", drawn_at: "x" }, { number: "", drawn_at: "y" }] });
  assert.deepEqual(tubes.map((tube) => tube.number), ["B7", `31-T02-${checkDigit("3102")}`]);
  assert.equal(labelError(tubes[1].number, 31, "off"), null);
  assert.deepEqual(tubesOf(31, {}), []);
});
