// Differences between two revisions of a round: stops added, removed, moved in time and changed in detail.
import { detailChanges } from "./detail-changes.js";

const MINUTE = 60_000;

/**
 * @param {import("./round").Snapshot} old
 * @param {import("./round").Snapshot} fresh
 */
export function changes(old, fresh) {
  const before = new Map(old.stops.map((stop) => [stop.pickup, stop]));
  const after = new Map(fresh.stops.map((stop) => [stop.pickup, stop]));
  const added = fresh.stops.filter((stop) => !before.has(stop.pickup));
  const removed = old.stops.filter((stop) => !after.has(stop.pickup));
  const moved = fresh.stops
    .filter((stop) => before.has(stop.pickup))
    .map((stop) => ({ stop, was: before.get(stop.pickup).arrives_at }))
    .filter(({ stop, was }) => Math.abs(Date.parse(stop.arrives_at) - Date.parse(was)) >= MINUTE);
  const changed = fresh.stops
    .filter((stop) => before.has(stop.pickup))
    .map((stop) => ({ stop, details: detailChanges(before.get(stop.pickup), stop) }))
    .filter(({ details }) => details.length);
  const [emptied, was] = [fresh, old].map((each) => each.emptyings ?? []);
  return { added, removed, moved, changed, emptyings: JSON.stringify(emptied) === JSON.stringify(was) ? null : emptied };
}
