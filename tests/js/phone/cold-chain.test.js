// Clocks of boxes and tubes, their alarms, the nearest freezer.
import assert from "node:assert/strict";
import test from "node:test";
import { alarmOf, nearestFreezer, ridingClocks } from "../../../static/js/phone/cold-chain.js";
import { at } from "../support/rounds.js";

const terms = { milk_ride_minutes: 360, tube_ride_minutes: 240 };
const bottle = (box, minute) => ({ kind: "bottle", box, since: at(minute) });
const minute = (n) => Date.parse(at(n));

test("a box runs from its earliest bottle, and the tightest clock comes first", () => {
  const tube = { ...bottle("1", 60), kind: "tube" };
  const clocks = ridingClocks([bottle("1", 30), bottle("1", 0), bottle("2", 20), tube], terms, minute(100));
  assert.deepEqual(clocks.map(({ kind, box, left }) => [kind, box, left]), [["tube", "1", 200], ["bottle", "1", 260], ["bottle", "2", 280]]);
});

test("the minute that has begun is not counted as left", () => {
  const left = (n) => ridingClocks([bottle("1", 0)], terms, minute(n))[0].left;
  assert.deepEqual([left(360), left(359.5), left(360.5)], [0, 0, -1]);
});

test("without the bank's terms there is no clock", () => {
  assert.deepEqual(ridingClocks([bottle("1", 0)], undefined), []);
});

test("the alarm rings from the thirtieth and from the tenth minute, not before", () => {
  assert.deepEqual([31, 30, 11, 10, -5].map((left) => alarmOf({ left })), [null, 30, 30, 10, 10]);
  assert.equal(alarmOf(undefined), null);
});

test("the nearest freezer has its minutes by road, or none if the place is unknown", () => {
  const near = { name: "near", latitude: 44.8, longitude: -0.6 };
  const far = { name: "far", latitude: 45.8, longitude: -0.6 };
  const found = nearestFreezer([far, near], { latitude: 44.85, longitude: -0.6 });
  // 5.56 km in a straight line, times 1.3, at 50 km/h.
  assert.deepEqual([found.name, found.minutes], ["near", 9]);
  // 0.1 degrees of longitude are 7.88 km at this latitude.
  assert.equal(nearestFreezer([{ ...near, longitude: -0.7 }], { latitude: 44.8, longitude: -0.6 }).minutes, 13);
  assert.equal(nearestFreezer([far], null).minutes, null);
  assert.equal(nearestFreezer([], { latitude: 1, longitude: 1 }), null);
  assert.equal(nearestFreezer([], null), null);
});
