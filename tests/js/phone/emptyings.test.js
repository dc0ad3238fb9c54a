// Planned emptyings of the box: next, done, passed over; the end of the round comes after them.
import assert from "node:assert/strict";
import test from "node:test";
import { roundModel } from "../../../static/js/phone/round-model.js";
import { openPhonePage } from "../support/page.js";
import { at, round, stop } from "../support/rounds.js";

openPhonePage();
const { changes } = await import("../../../static/js/phone/diff.js");

let ids = 0;
const event = (kind, pickup, sequence, payload = {}) => ({
  client_id: String(++ids), kind, pickup, sequence, payload, device_at: at(0), status: "sent",
});
const collected = (pickup, sequence) => event("collected", pickup, sequence, { bottles: 2, containers: [] });
const handedOver = (site, sequence) => event("handed_over", null, sequence, { site });
const emptying = (changed = {}) => ({
  site: 2, name: "Antenne", after: 1, latitude: 44.8, longitude: -0.6, arrives_at: at(2), begins_at: at(2), ends_at: at(17), ...changed,
});
const withEmptying = (changed) => ({ ...round(3, 1, stop(1), stop(2), stop(3)), emptyings: [emptying(changed)] });
const model = (...events) => roundModel(withEmptying(), events);
const phases = (found) => found.emptyings.map((each) => each.phase);

test("an emptying is next once every stop before it is settled", () => {
  assert.equal(model().emptying, null);
  const found = model(collected(1, 1));
  assert.deepEqual([found.emptying.site, found.emptying.place, phases(found)], [2, 1, ["ahead"]]);
});

test("a stop that is put off does not hold it up", () => {
  assert.equal(model(event("postponed", 1, 1)).emptying.site, 2);
});

test("a hand-over at its site is it, and the round goes on", () => {
  const found = model(collected(1, 1), handedOver(2, 2));
  assert.deepEqual([found.emptying, phases(found), found.next.pickup, found.items], [null, ["done"], 2, []]);
});

test("a hand-over at another site is not", () => {
  const found = model(collected(1, 1), handedOver(1, 2));
  assert.deepEqual([found.emptying.site, phases(found)], [2, ["ahead"]]);
});

test("it is passed over once a later stop is begun", () => {
  const found = model(collected(1, 1), event("en_route", 2, 2));
  assert.deepEqual([found.emptying, phases(found)], [null, ["passed"]]);
});

test("a round with an emptying ends with the hand-over after it", () => {
  const all = [collected(1, 1), handedOver(2, 2), collected(2, 3), event("not_done", 3, 4, { reason: "nobody_home" })];
  assert.equal(model(...all).finished, false);
  assert.equal(model(...all, handedOver(1, 5)).finished, true);
});

test("the box empty after the last stop does not end it either", () => {
  const none = [event("not_done", 2, 3, {}), event("not_done", 3, 4, {})];
  assert.equal(model(collected(1, 1), handedOver(2, 2), ...none).finished, false);
});

test("another emptying is a change of the round", () => {
  const [old, later] = [withEmptying(), withEmptying({ after: 2, begins_at: at(40) })];
  assert.equal(changes(old, withEmptying()).emptyings, null);
  assert.deepEqual(changes(old, later).emptyings, later.emptyings);
  assert.deepEqual(changes(old, round(3, 2, stop(1), stop(2), stop(3))).emptyings, []);
});
