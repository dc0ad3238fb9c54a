// State of a visit and of a round, computed from their events in any order of arrival.
// The same rules stand in collector/rounds/events/replay.py; tests/replay_cases.json runs through both.
import { happenedAt } from "./device-clock.js";

const NOT_A_START = new Set(["acknowledged", "incident", "address_shown"]);
const DECIDES = new Set(["collected", "not_done"]);

// Returns each event once, without undos and undone ones, in sequence.
export function effectiveEvents(events) {
  const known = [...new Map(events.map((event) => [event.client_id, event])).values()];
  const undone = new Set(known.filter(isUndo).map((event) => event.payload.undoes));
  return known.filter((event) => !isUndo(event) && !undone.has(event.client_id)).sort(inSequence);
}

export function replay(events) {
  let [arrived, enRoute, postponed] = [null, false, null];
  const decisions = [];
  for (const event of effectiveEvents(events)) {
    if (event.kind === "arrived") arrived = happenedAt(event);
    else if (event.kind === "en_route") enRoute = true;
    else if (event.kind === "postponed") [arrived, enRoute, postponed] = [null, false, event.sequence];
    else if (DECIDES.has(event.kind)) decisions.push(event);
  }
  const decided = decisions.pop() ?? null;
  const undecided = arrived !== null ? "arrived" : enRoute ? "en_route" : "waiting";
  return { phase: decided?.kind ?? undecided, arrivedAt: arrived, decidedBy: decided, rivals: decisions, postponed };
}

export function replayRound(events) {
  const byVisit = byPickup(events.filter((event) => event.pickup !== null));
  const counted = effectiveEvents(events);
  return {
    counted,
    started: counted.some((event) => !NOT_A_START.has(event.kind)),
    visits: new Map([...byVisit].map(([pickup, ours]) => [pickup, replay(ours)])),
    handOvers: counted.filter((event) => event.kind === "handed_over"),
  };
}

// Compares by sequence, then by the device's clock, then by client id.
export function inSequence(one, other) {
  return (
    one.sequence - other.sequence ||
    Date.parse(one.device_at) - Date.parse(other.device_at) ||
    (one.client_id < other.client_id ? -1 : Number(one.client_id > other.client_id))
  );
}

const isUndo = (event) => event.kind === "undone";

function byPickup(events) {
  const groups = new Map();
  for (const event of events) {
    groups.set(event.pickup, [...(groups.get(event.pickup) ?? []), event]);
  }
  return groups;
}
