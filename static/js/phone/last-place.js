// The last place of a round where the collector is known to have been.
import { inSequence } from "./replay.js";

export function lastPlace(stops, snapshot) {
  const visited = stops.filter((stop) => stop.state.decidedBy || stop.state.phase === "arrived");
  const last = visited.sort((a, b) => inSequence(a.state.decidedBy ?? { sequence: Infinity }, b.state.decidedBy ?? { sequence: Infinity })).at(-1);
  const place = last?.address ?? snapshot.start;
  return place && place.latitude != null ? place : null;
}
