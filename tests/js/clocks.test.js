// The clocks of the boxes, their alarms, the nearest freezer; and which proofs a record lacks.
import assert from "node:assert/strict";
import test from "node:test";
import { alarmOf, clocks, nearest } from "../../static/js/phone/clocks.js";
import { insisted, lacking } from "../../static/js/phone/proofs.js";

const NINE = Date.parse("2026-11-24T09:00:00Z");
const MINUTE = 60_000;
const terms = { milk_ride_minutes: 360, tube_ride_minutes: 240 };
const bottle = (box, minute) => ({ kind: "bottle", box, since: new Date(NINE + minute * MINUTE).toISOString() });

test("a box runs from its earliest bottle, and the tightest clock comes first", () => {
  const tube = { ...bottle("1", 60), kind: "tube" };
  const found = clocks([bottle("1", 30), bottle("1", 0), bottle("2", 20), tube], terms, NINE + 100 * MINUTE);
  assert.deepEqual(found.map(({ kind, box, left }) => [kind, box, left]), [["tube", "1", 200], ["bottle", "1", 260], ["bottle", "2", 280]]);
});

test("the alarm rings from the thirtieth and from the tenth minute, not before", () => {
  const rings = (left) => alarmOf({ left });
  assert.deepEqual([31, 30, 11, 10, -5].map(rings), [null, 30, 30, 10, 10]);
  assert.equal(alarmOf(undefined), null);
});

test("the nearest freezer is told in minutes, and unknown where nobody knows the place", () => {
  const near = { name: "near", latitude: 44.8, longitude: -0.6 };
  const far = { name: "far", latitude: 45.8, longitude: -0.6 };
  const found = nearest([far, near], { latitude: 44.85, longitude: -0.6 });
  // 5.56 km as the crow flies, times 1.3, at 50 km/h.
  assert.deepEqual([found.name, found.minutes], ["near", 9]);
  assert.equal(nearest([far], null).minutes, null);
  assert.equal(nearest([], { latitude: 1, longitude: 1 }), null);
});

test("the strictest purpose of a visit decides what is asked for", () => {
  const proofs = { collection: { seal: "optional", label: "warn" }, ward: { seal: "required" } };
  assert.equal(insisted({ proofs }, ["collection", "ward"], "seal"), "required");
  assert.equal(insisted({ proofs }, ["collection"], "photo"), "off");
  const record = { bottles: 3, containers: ["A"], seal: "", photo: null, checks: {}, tubes: [] };
  const found = lacking(record, ["collection", "ward"], { proofs }).map(({ purpose, what, level, missing }) => [purpose, what, level, missing]);
  assert.deepEqual(found, [["collection", "label", "warn", 2], ["ward", "seal", "required", 1]]);
  assert.deepEqual(lacking({ ...record, bottles: 0 }, ["collection"], { proofs }), []);
});
