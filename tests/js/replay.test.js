// The phone's replay says what the server's does: the cases are shared.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { checkDigit, numbersOf, wrongLabel } from "../../static/js/phone/numbers.js";
import { replay, replayRound } from "../../static/js/phone/replay.js";

const cases = JSON.parse(await readFile(new URL("../replay_cases.json", import.meta.url)));
const NINE = Date.parse("2026-11-24T09:00:00Z");

const said = ([client_id, kind, sequence, minute, undoes]) => ({
  client_id,
  kind,
  pickup: 31,
  sequence,
  device_at: new Date(NINE + minute * 60_000).toISOString(),
  payload: undoes ? { undoes } : {},
});

for (const { it, events, phase, decided_by } of cases.visits) {
  test(`a visit ${it}`, () => {
    const heard = events.map(said);
    for (const order of [heard, heard.toReversed?.() ?? [...heard].reverse(), [...heard, ...heard]]) {
      const state = replay(order);
      assert.equal(state.phase, phase);
      assert.equal(state.decidedBy?.client_id ?? null, decided_by);
    }
  });
}

for (const { pickup, bottles, containers, numbers } of cases.numbers) {
  test(`bottles of visit ${pickup} are named as the server names them`, () => {
    assert.deepEqual(numbersOf(pickup, { bottles, containers }), numbers);
  });
}

test("a number with its check digit checks to zero", () => {
  for (const digits of ["5724", "0", "314159"]) {
    assert.equal(checkDigit(`${digits}${checkDigit(digits)}`), 0);
  }
});

test("a round is started by anything that stands, and no longer once that is undone", () => {
  const arrived = said(["a", "arrived", 1, 0, null]);
  assert.equal(replayRound([]).started, false);
  assert.equal(replayRound([arrived]).started, true);
  assert.equal(replayRound([arrived, said(["b", "undone", 2, 1, "a"])]).started, false);
});

for (const { label, check, wrong } of cases.labels) {
  test(`the label ${label} is ${wrong ?? "right"}`, () => assert.equal(wrongLabel(label, 31, check), wrong));
}
