// What a round looks like now: its stops with their states, the next one, what is in the box.
import { numbersOf } from "./numbers.js";
import { inOrder, replayRound } from "./replay.js";

const UNTOUCHED = { phase: "waiting", arrivedAt: null, decidedBy: null };

export function look(snapshot, events) {
  const counted = events.filter((event) => event.status !== "refused");
  const progress = replayRound(counted);
  const stops = snapshot.stops.map((stop, index) => ({
    ...stop,
    place: index + 1,
    state: progress.visits.get(stop.pickup) ?? UNTOUCHED,
  }));
  const open = stops.filter((stop) => stop.state.decidedBy === null);
  const handed = progress.handOvers.length > 0;
  const box = aboard(progress);
  return {
    snapshot,
    stops,
    started: progress.started,
    next: open.find((stop) => stop.state.phase === "arrived") ?? open[0] ?? null,
    open: open.length,
    settled: stops.length - open.length,
    box,
    finished: open.length === 0 && handed && box.length === 0,
  };
}

// Groups of bottles in the box, one for each visit: also for one taken out of the round since.
export function aboard(progress) {
  const groups = [];
  for (const [pickup, { decidedBy }] of progress.visits) {
    if (decidedBy?.kind !== "collected") continue;
    const numbers = numbersOf(pickup, decidedBy.payload).filter(
      (number) => !progress.handOvers.some((handed) => took(handed, number, decidedBy)),
    );
    if (numbers.length > 0) groups.push({ pickup, numbers });
  }
  return groups;
}

function took(handed, number, collected) {
  const named = handed.payload.containers;
  return named ? named.includes(number) : inOrder(collected, handed) < 0;
}
