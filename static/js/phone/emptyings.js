// Planned emptyings of the box, compared with the hand-overs. The same rules stand in collector/rounds/emptyings.py.
import { inSequence } from "./replay.js";

/**
 * @param {import("./round").Snapshot} snapshot
 * @param {any[]} stops
 * @param {any[]} handOvers
 */
export function emptyingStates(snapshot, stops, handOvers) {
  const places = new Map(stops.map((stop) => [stop.pickup, stop.place]));
  let free = handOvers.filter((event) => stops.some(({ state: { decidedBy } }) => !decidedBy || inSequence(decidedBy, event) > 0));
  return (snapshot.emptyings ?? []).map((planned) => {
    const at = free.findIndex((event) => event.payload.site === planned.site);
    if (at >= 0) free = free.slice(at + 1);
    const place = places.get(planned.after) ?? 0;
    const passed = stops.some((stop) => stop.place > place && stop.state.phase !== "waiting");
    return { ...planned, place, phase: at >= 0 ? "done" : passed ? "passed" : "ahead" };
  });
}

// The emptying before which no stop is open; a postponed stop comes later.
export function nextEmptying(emptyings, open) {
  const before = (place) => open.some((stop) => stop.place <= place && !stop.state.postponed);
  return emptyings.find((each) => each.phase === "ahead" && !before(each.place)) ?? null;
}

export const isRoundOver = (emptyings, handOvers) => handOvers.length > emptyings.filter((each) => each.phase === "done").length;
