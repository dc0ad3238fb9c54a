// Differences between two revisions of a round, of every kind.
import assert from "node:assert/strict";
import test from "node:test";
import { openPhonePage } from "../support/page.js";
import { at, round, stop } from "../support/rounds.js";

openPhonePage();
const { changes } = await import("../../../static/js/phone/diff.js");

function diff(before, after) {
  const { added, removed, moved } = changes(round(3, 1, ...before), round(3, 2, ...after));
  const pickups = (stops) => stops.map((each) => each.pickup);
  return { added: pickups(added), removed: pickups(removed), moved: moved.map(({ stop: each, was }) => [each.pickup, was]) };
}
const none = { added: [], removed: [], moved: [] };

test("two equal revisions differ in nothing", () => {
  assert.deepEqual(diff([stop(1), stop(2)], [stop(1), stop(2)]), none);
});

test("a stop is added or removed wherever it stands", () => {
  assert.deepEqual(diff([stop(2)], [stop(1), stop(2), stop(3)]), { ...none, added: [1, 3] });
  assert.deepEqual(diff([stop(1), stop(2), stop(3)], [stop(2)]), { ...none, removed: [1, 3] });
});

test("a stop is moved from a whole minute on, earlier or later, with its former time", () => {
  const later = (seconds) => diff([stop(1)], [stop(1, { arrives_at: at(1 + seconds / 60) })]).moved;
  assert.deepEqual([later(59), later(-59)], [[], []]);
  assert.deepEqual(later(60), [[1, at(1)]]);
  assert.deepEqual(later(-60), [[1, at(1)]]);
});

test("two stops that change places are both moved", () => {
  const swapped = [stop(2, { arrives_at: at(1) }), stop(1, { arrives_at: at(2) })];
  assert.deepEqual(diff([stop(1), stop(2)], swapped).moved.map(([pickup]) => pickup), [2, 1]);
});

test("another note, code or window at the same time is none of the three", () => {
  assert.deepEqual(diff([stop(1)], [stop(1, { note: "Ring twice", code: "4711", window: {} })]), none);
});

test("one instant in two notations is not a move", () => {
  assert.deepEqual(diff([stop(1)], [stop(1, { arrives_at: "2026-11-24T10:01:00+01:00" })]), none);
});

test("a round may become empty, and an empty one may be filled", () => {
  assert.deepEqual(diff([stop(1)], []), { ...none, removed: [1] });
  assert.deepEqual(diff([], [stop(1)]), { ...none, added: [1] });
});
