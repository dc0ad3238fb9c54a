// What a round looks like, what changed in it, where a stop is: no browser needed.
import assert from "node:assert/strict";
import test from "node:test";
import { changes } from "../../static/js/phone/diff.js";
import { navigation } from "../../static/js/phone/links.js";
import { look } from "../../static/js/phone/round.js";

const stop = (pickup, minute = pickup) => ({
  pickup,
  arrives_at: `2026-11-24T09:${String(minute).padStart(2, "0")}:00Z`,
});
const round = (...stops) => ({ round: 3, revision: 1, stops });

let ids = 0;
const said = (kind, pickup, sequence, payload = {}) => ({
  client_id: String(++ids), kind, pickup, sequence, payload, device_at: "2026-11-24T09:00:00Z", status: "sent",
});
const collected = (pickup, sequence, bottles = 2) => said("collected", pickup, sequence, { bottles, containers: [] });

test("the next stop is the first that is not settled", () => {
  const model = look(round(stop(1), stop(2)), [collected(1, 1)]);
  assert.equal(model.next.pickup, 2);
  assert.deepEqual([model.settled, model.open], [1, 1]);
});

test("a stop where the collector stands comes before the order of the round", () => {
  const model = look(round(stop(1), stop(2)), [said("arrived", 2, 1)]);
  assert.equal(model.next.pickup, 2);
});

test("what the bank refused does not count", () => {
  const model = look(round(stop(1)), [{ ...collected(1, 1), status: "refused" }]);
  assert.equal(model.next.pickup, 1);
  assert.deepEqual(model.box, []);
});

test("what waits to be sent counts already", () => {
  const model = look(round(stop(1)), [{ ...collected(1, 1), status: "waiting" }]);
  assert.equal(model.open, 0);
  assert.equal(model.box[0].numbers.length, 2);
});

test("a named hand-over takes the named bottles and leaves the others in the box", () => {
  const bottles = look(round(stop(1)), [collected(1, 1)]).box[0].numbers;
  const handed = said("handed_over", null, 2, { containers: [bottles[0]] });
  const model = look(round(stop(1)), [collected(1, 1), handed]);
  assert.deepEqual(model.box, [{ pickup: 1, numbers: [bottles[1]] }]);
  assert.equal(model.finished, false);
});

test("a hand-over that names none takes all that was in the box before it", () => {
  const handed = said("handed_over", null, 2, { containers: null });
  const model = look(round(stop(1), stop(2)), [collected(1, 1), handed, collected(2, 3)]);
  assert.deepEqual(model.box.map((group) => group.pickup), [2]);
});

test("a round is finished when nothing is open and the box is empty", () => {
  const handed = said("handed_over", null, 2, { containers: null });
  assert.equal(look(round(stop(1)), [collected(1, 1), handed]).finished, true);
});

test("bottles of a visit that left the round are still in the box", () => {
  assert.deepEqual(look(round(stop(2)), [collected(1, 1)]).box.map((group) => group.pickup), [1]);
});

test("changes name what was added, removed and moved by a minute or more", () => {
  const told = changes(round(stop(1), stop(2), stop(3)), round(stop(2), stop(3, 9), stop(4)));
  assert.deepEqual(told.added.map((each) => each.pickup), [4]);
  assert.deepEqual(told.removed.map((each) => each.pickup), [1]);
  assert.deepEqual(told.moved.map(({ stop: { pickup } }) => pickup), [3]);
});

test("a navigation app is told coordinates and nothing else", () => {
  assert.deepEqual(navigation(44.8, -0.6), {
    geo: "geo:44.8,-0.6?q=44.8,-0.6",
    google: "https://www.google.com/maps/dir/?api=1&destination=44.8,-0.6&travelmode=driving&dir_action=navigate",
    waze: "https://waze.com/ul?ll=44.8,-0.6&navigate=yes",
    apple: "https://maps.apple.com/directions?destination=44.8,-0.6&mode=driving",
  });
});
