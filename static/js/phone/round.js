// What a round looks like now: its stops with their states, the next one, what is in the boxes.
import { numbersOf, tubesOf } from "./numbers.js";
import { inOrder, replayRound } from "./replay.js";

const UNTOUCHED = { phase: "waiting", arrivedAt: null, decidedBy: null, postponed: null };

export function look(snapshot, events, answers = []) {
  const counted = events.filter((event) => event.status !== "refused");
  const progress = replayRound(counted);
  const stops = snapshot.stops.map((stop, index) => ({
    ...stop,
    place: index + 1,
    state: progress.visits.get(stop.pickup) ?? UNTOUCHED,
  }));
  const open = stops.filter((stop) => stop.state.decidedBy === null).sort(later);
  const handed = progress.handOvers.length > 0;
  const items = aboard(progress);
  const box = byVisit(items);
  const at = (kind) => progress.counted.filter((event) => event.kind === kind);
  return {
    snapshot,
    stops,
    items,
    box,
    boxes: boxesOf(progress),
    started: progress.started,
    next: open.find((stop) => stop.state.phase === "arrived") ?? open[0] ?? null,
    standing: open.some((stop) => stop.state.phase === "arrived"),
    open: open.length,
    settled: stops.length - open.length,
    finished: open.length === 0 && handed && box.length === 0,
    closed: at("closed").at(-1) ?? null,
    incidents: incidentsOf(progress, answers),
    lastPlace: lastPlace(stops, snapshot),
  };
}

// What was put off comes after the rest, in the order in which it was put off.
const later = (one, other) => (one.state.postponed ?? 0) - (other.state.postponed ?? 0) || one.place - other.place;

// Everything in the boxes, also of a visit that was taken out of the round since.
export function aboard(progress) {
  const items = [];
  for (const [pickup, { decidedBy }] of progress.visits) {
    if (decidedBy?.kind !== "collected") continue;
    const { payload, device_at } = decidedBy;
    const box = payload.box ?? "";
    const all = [
      ...numbersOf(pickup, payload).map((number) => ({ number, kind: "bottle", since: device_at })),
      ...tubesOf(pickup, payload).map(({ number, drawn_at }) => ({ number, kind: "tube", since: drawn_at })),
    ];
    for (const item of all) {
      if (!progress.handOvers.some((handed) => took(handed, item.number, decidedBy))) items.push({ ...item, pickup, box });
    }
  }
  return items;
}

function byVisit(items) {
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

// What the collector told of, with the coordinator's answer where there is one.
function incidentsOf({ counted }, answers) {
  const known = new Map(answers.map((answer) => [answer.client_id, answer]));
  return counted
    .filter((event) => event.kind === "incident" || event.payload.rebook)
    .map((event) => ({
      client_id: event.client_id, since: event.device_at, kind: event.payload.kind ?? "rebook", sent: event.status === "sent",
      said: event.payload.note, decision: known.get(event.client_id)?.decision ?? null, note: known.get(event.client_id)?.note ?? "",
    }));
}

function lastPlace(stops, snapshot) {
  const seen = stops.filter((stop) => stop.state.decidedBy || stop.state.phase === "arrived");
  const last = seen.sort((a, b) => inOrder(a.state.decidedBy ?? { sequence: Infinity }, b.state.decidedBy ?? { sequence: Infinity })).at(-1);
  const place = last?.address ?? snapshot.start;
  return place && place.latitude != null ? place : null;
}

function took(handed, number, collected) {
  const named = handed.payload.containers;
  return named ? named.includes(number) : inOrder(collected, handed) < 0;
}
