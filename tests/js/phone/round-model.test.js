// The model of a round: the next stop, states, boxes, incidents, the end.
import assert from "node:assert/strict";
import test from "node:test";
import { navigationLinks } from "../../../static/js/phone/navigation-links.js";
import { roundModel } from "../../../static/js/phone/round-model.js";
import { at, round, stop } from "../support/rounds.js";

let ids = 0;
const event = (kind, pickup, sequence, payload = {}) => ({
  client_id: String(++ids), kind, pickup, sequence, payload, device_at: at(0), status: "sent",
});
const collected = (pickup, sequence, payload = {}) => event("collected", pickup, sequence, { bottles: 2, containers: [], ...payload });
const model = (stops, events, answers) => roundModel(round(3, 1, ...stops), events, answers);
const boxed = (found) => found.box.map((group) => group.pickup);

test("the next stop is the first that is not settled", () => {
  const found = model([stop(1), stop(2)], [collected(1, 1)]);
  assert.deepEqual([found.next.pickup, found.next.place, found.atDoor], [2, 2, false]);
  assert.deepEqual([found.settled, found.open, found.closed], [1, 1, null]);
});

test("the door at which the collector stands comes before the order of the round", () => {
  const found = model([stop(1), stop(2)], [event("arrived", 2, 1)]);
  assert.deepEqual([found.next.pickup, found.atDoor], [2, true]);
});

test("postponed stops come last, in the order of postponing", () => {
  const found = model([stop(1), stop(2), stop(3)], [event("postponed", 2, 1), event("postponed", 1, 2)]);
  assert.equal(found.next.pickup, 3);
  const later = model([stop(1), stop(2), stop(3)], [event("postponed", 2, 1), event("postponed", 1, 2), collected(3, 3)]);
  assert.equal(later.next.pickup, 2);
});

test("a refused event does not count, a waiting one does", () => {
  const refused = model([stop(1)], [{ ...collected(1, 1), status: "refused" }]);
  assert.deepEqual([refused.next.pickup, refused.box], [1, []]);
  const waiting = model([stop(1)], [{ ...collected(1, 1), status: "waiting" }]);
  assert.deepEqual([waiting.open, waiting.box[0].numbers.length], [0, 2]);
});

test("a record that was undone before it was sent leaves the visit open and the box empty", () => {
  const record = { ...collected(1, 1), status: "waiting" };
  const undo = { ...event("undone", 1, 2, { undoes: record.client_id }), status: "waiting" };
  const found = model([stop(1)], [record, undo]);
  assert.deepEqual([found.open, found.box, found.next.state.phase], [1, [], "waiting"]);
});

test("a refused undo takes nothing back", () => {
  const record = collected(1, 1);
  const undo = { ...event("undone", 1, 2, { undoes: record.client_id }), status: "refused" };
  assert.equal(model([stop(1)], [record, undo]).open, 0);
});

test("a hand-over takes the containers it names and leaves the others in the box", () => {
  const record = collected(1, 1);
  const [first, second] = model([stop(1)], [record]).box[0].numbers;
  const found = model([stop(1)], [record, event("handed_over", null, 2, { containers: [first] })]);
  assert.deepEqual(found.box, [{ pickup: 1, numbers: [second] }]);
  assert.equal(found.finished, false);
});

test("a hand-over that names none takes everything recorded before it", () => {
  const handOver = event("handed_over", null, 2, { containers: null });
  assert.deepEqual(boxed(model([stop(1), stop(2)], [collected(1, 1), handOver, collected(2, 3)])), [2]);
});

test("a round is finished once nothing is open and the boxes are empty after a hand-over", () => {
  const handOver = event("handed_over", null, 2, { containers: null });
  assert.equal(model([stop(1)], [collected(1, 1), handOver]).finished, true);
  assert.equal(model([stop(1)], [collected(1, 1, { bottles: 0 })]).finished, false);
  assert.equal(model([stop(1), stop(2)], [collected(1, 1), handOver]).finished, false);
});

test("a day is closed by the last of its closings", () => {
  const found = model([stop(1)], [event("closed", null, 1, { kilometres: 80 }), event("closed", null, 2, { kilometres: 84 })]);
  assert.equal(found.closed.payload.kilometres, 84);
});

test("a round that started without boxes has none", () => {
  assert.deepEqual(model([stop(1)], [event("started", null, 1)]).boxes, []);
});

test("bottles of a visit that left the round are still in the box", () => {
  assert.deepEqual(boxed(model([stop(2)], [collected(1, 1)])), [1]);
});

test("tubes ride from their drawing, bottles from the record, each in its box", () => {
  const tubes = [{ number: "B7", drawn_at: at(-30) }];
  const found = model([stop(1)], [collected(1, 1, { bottles: 1, box: "C1", tubes })]);
  assert.deepEqual(found.items.map(({ kind, box, since }) => [kind, box, since]), [["bottle", "C1", at(0)], ["tube", "C1", at(-30)]]);
});

test("the boxes of a round are named once, in the order of their first mention", () => {
  const started = event("started", null, 1, { boxes: [{ box: "C1" }, { box: "C2" }] });
  const found = model([stop(1)], [started, event("box_read", null, 2, { box: "C3" }), collected(1, 3, { box: "C1" })]);
  assert.deepEqual(found.boxes, ["C1", "C2", "C3"]);
});

test("an incident has the coordinator's answer, or waits for one; a wish for another day is one", () => {
  const [road, rebook] = [event("incident", null, 1, { kind: "road", note: "Snow" }), event("not_done", 1, 2, { reason: "access", rebook: true })];
  const found = model([stop(1)], [road, collected(1, 0), rebook], [{ client_id: road.client_id, decision: "skip", note: "Go on" }]);
  assert.deepEqual(found.incidents.map(({ kind, decision, note }) => [kind, decision, note]), [["road", "skip", "Go on"], ["rebook", null, ""]]);
});

test("the last known place is the door visited last, or the start", () => {
  const [here, there] = [{ latitude: 1, longitude: 1 }, { latitude: 2, longitude: 2 }];
  const stops = [stop(1, { address: here }), stop(2, { address: there })];
  assert.equal(model(stops, []).lastPlace.name, "Bank");
  assert.deepEqual(model(stops, [collected(2, 1), collected(1, 2)]).lastPlace, here);
  assert.deepEqual(model(stops, [collected(1, 1), event("arrived", 2, 2)]).lastPlace, there);
  assert.equal(model([stop(1, { address: { latitude: null } })], [collected(1, 1)]).lastPlace, null);
});

test("a navigation app gets coordinates and nothing else", () => {
  assert.deepEqual(navigationLinks(44.8, -0.6), {
    geo: "geo:44.8,-0.6?q=44.8,-0.6",
    google: "https://www.google.com/maps/dir/?api=1&destination=44.8,-0.6&travelmode=driving&dir_action=navigate",
    waze: "https://waze.com/ul?ll=44.8,-0.6&navigate=yes",
    apple: "https://maps.apple.com/directions?destination=44.8,-0.6&mode=driving",
  });
});
