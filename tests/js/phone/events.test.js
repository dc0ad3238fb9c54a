// Events as they are sent: every kind, with the fields and payloads that the bank reads.
import assert from "node:assert/strict";
import test from "node:test";
import { everyEvent } from "../support/every-event.js";

const FIELDS = ["client_id", "device", "device_at", "kind", "payload", "pickup", "sequence"];
const PAYLOADS = {
  acknowledged: "revision",
  started: "boxes",
  box_read: "box celsius",
  en_route: "",
  arrived: "",
  collected: "bottles volume_ml freezer_celsius storage_ok containers refused box seal checks tubes pump empties_left photo note",
  postponed: "",
  incident: "kind note",
  not_done: "reason note rebook",
  handed_over: "site containers receiver note box_celsius boxes",
  closed: "kilometres stock note",
  undone: "undoes reason",
};
const OF_A_VISIT = ["en_route", "arrived", "collected", "postponed", "not_done", "undone"];

test("the phone's forms make every kind of event, with its fields and its payload", async () => {
  const events = await everyEvent();
  assert.deepEqual(new Set(events.map((event) => event.kind)), new Set(Object.keys(PAYLOADS)));
  for (const event of events) {
    const names = Object.keys(event.payload).filter((name) => name !== "site" || event.kind !== "incident");
    assert.deepEqual(Object.keys(event).sort(), FIELDS, event.kind);
    assert.deepEqual(names.sort(), PAYLOADS[event.kind].split(" ").filter(Boolean).sort(), event.kind);
    assert.equal(event.pickup !== null, OF_A_VISIT.includes(event.kind), event.kind);
  }
  assert.deepEqual(events.map((event) => event.sequence), events.map((_, index) => index + 1));
});
