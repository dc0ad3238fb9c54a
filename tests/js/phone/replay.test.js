// The replay on the phone, over the cases that it shares with the server's.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { effectiveEvents, inSequence, replay, replayRound } from "../../../static/js/phone/replay.js";
import { at } from "../support/rounds.js";

const { visits } = JSON.parse(await readFile(new URL("../../replay_cases.json", import.meta.url), "utf8"));

const event = ([client_id, kind, sequence, minute, undoes]) => ({
  client_id, kind, sequence, pickup: 31, device_at: at(minute), payload: undoes ? { undoes } : {},
});

for (const { it, events, phase, decided_by } of visits) {
  test(`a visit ${it}`, () => {
    const made = events.map(event);
    for (const arrived of [made, made.toReversed(), [...made, ...made]]) {
      const state = replay(arrived);
      assert.equal(state.phase, phase);
      assert.equal(state.decidedBy?.client_id ?? null, decided_by);
    }
  });
}

test("a round is started by any event that counts, and no longer once that is undone", () => {
  const arrived = event(["a", "arrived", 1, 0, null]);
  assert.equal(replayRound([]).started, false);
  assert.equal(replayRound([arrived]).started, true);
  assert.equal(replayRound([arrived, event(["b", "undone", 2, 1, "a"])]).started, false);
});

test("seeing a revision or reporting an incident does not start a round", () => {
  const events = [event(["a", "acknowledged", 1, 0]), event(["b", "incident", 2, 1])];
  assert.equal(replayRound(events).started, false);
});

test("an undo before its event, by order of arrival, takes it back all the same", () => {
  const undo = event(["b", "undone", 2, 1, "a"]);
  assert.deepEqual(effectiveEvents([undo, event(["a", "arrived", 1, 0])]), []);
});

test("events of one sequence are ordered by their clocks, then by their ids", () => {
  const [early, late] = [event(["z", "arrived", 1, 0]), event(["a", "arrived", 1, 5])];
  const twin = event(["b", "arrived", 1, 5]);
  assert.deepEqual([twin, late, early].sort(inSequence).map((each) => each.client_id), ["z", "a", "b"]);
  assert.equal(inSequence(late, late), 0);
});

test("a postponed visit waits again, and its arrival no longer counts", () => {
  const state = replay([event(["a", "arrived", 1, 0]), event(["b", "postponed", 2, 1])]);
  assert.deepEqual([state.phase, state.arrivedAt, state.postponed], ["waiting", null, 2]);
});
