// The model of a round: its stops with their states, the next one, the contents of the boxes.
import { happenedAt, payloadOf } from "./device-clock.js";
import { emptyingStates, isRoundOver, nextEmptying } from "./emptyings.js";
import { lastPlace } from "./last-place.js";
import { numbersOf, tubesOf } from "./numbers.js";
import { inSequence, replayRound } from "./replay.js";

const UNTOUCHED = { phase: "waiting", arrivedAt: null, decidedBy: null, rivals: [], postponed: null };

/**
 * @param {import("./round").Snapshot} snapshot
 * @param {import("./events").StoredEvent[]} events
 * @param {import("./round").Answer[]} answers
 */
export function roundModel(snapshot, events, answers = []) {
  const counted = events.filter((event) => event.status !== "refused");
  const progress = replayRound(counted);
  const stops = snapshot.stops.map((stop, index) => ({
    ...stop,
    place: index + 1,
    state: progress.visits.get(stop.pickup) ?? UNTOUCHED,
  }));
  const open = stops.filter((stop) => stop.state.decidedBy === null).sort(byPostponed);
  const emptyings = emptyingStates(snapshot, stops, progress.handOvers);
  const items = itemsAboard(progress);
  const box = byPickup(items);
  const ofKind = (kind) => progress.counted.filter((event) => event.kind === kind);
  return {
    snapshot,
    stops,
    items,
    box,
    emptyings,
    emptying: nextEmptying(emptyings, open),
    boxes: boxesOf(progress),
    started: progress.started,
    next: open.find((stop) => stop.state.phase === "arrived") ?? open[0] ?? null,
    atDoor: open.some((stop) => stop.state.phase === "arrived"),
    open: open.length,
    settled: stops.length - open.length,
    finished: open.length === 0 && isRoundOver(emptyings, progress.handOvers) && box.length === 0,
    closed: ofKind("closed").at(-1) ?? null,
    incidents: incidentsOf(progress, answers),
    lastPlace: lastPlace(stops, snapshot),
  };
}

// Postponed stops come after the rest, in the order of postponing.
const byPostponed = (one, other) => (one.state.postponed ?? 0) - (other.state.postponed ?? 0) || one.place - other.place;

// Contents of the boxes, including visits that have left the round since.
export function itemsAboard(progress) {
  const items = [];
  for (const [pickup, { decidedBy }] of progress.visits) {
    if (decidedBy?.kind !== "collected") continue;
    const [payload, taken] = [payloadOf(decidedBy), happenedAt(decidedBy)];
    const box = payload.box ?? "";
    const all = [
      ...numbersOf(pickup, payload).map((number) => ({ number, kind: "bottle", since: taken })),
      ...tubesOf(pickup, payload).map(({ number, drawn_at }) => ({ number, kind: "tube", since: drawn_at })),
    ];
    for (const item of all) {
      if (!progress.handOvers.some((handOver) => tookItem(handOver, item.number, decidedBy))) items.push({ ...item, pickup, box });
    }
  }
  return items;
}

function byPickup(items) {
  const groups = new Map();
  for (const { pickup, number } of items) groups.set(pickup, [...(groups.get(pickup) ?? []), number]);
  return [...groups].map(([pickup, numbers]) => ({ pickup, numbers }));
}

function boxesOf({ counted }) {
  const codes = counted.flatMap(({ kind, payload }) => {
    if (kind === "started") return (payload.boxes ?? []).map((each) => each.box);
    return [payload.box].filter(Boolean);
  });
  return [...new Set(codes)];
}

// Incidents of the round, each with the coordinator's answer or null.
function incidentsOf({ counted }, answers) {
  const known = new Map(answers.map((answer) => [answer.client_id, answer]));
  return counted
    .filter((event) => event.kind === "incident" || event.payload.rebook)
    .map((event) => ({
      client_id: event.client_id, since: happenedAt(event), kind: event.payload.kind ?? "rebook", sent: event.status === "sent",
      text: event.payload.note, decision: known.get(event.client_id)?.decision ?? null, note: known.get(event.client_id)?.note ?? "",
    }));
}

function tookItem(handOver, number, collected) {
  const named = handOver.payload.containers;
  return named ? named.includes(number) : inSequence(collected, handOver) < 0;
}
