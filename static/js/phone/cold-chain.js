// Clocks of the boxes and tubes: the time each may still ride, its alarms, the nearest freezer.
import { now as bankNow } from "./device-clock.js";

const MINUTE = 60_000;
const ALARMS = [10, 30];
const ROAD_FACTOR = 1.3;
const KM_PER_MINUTE = 50 / 60;

// One clock for each box and one for all tubes, the tightest first; `left` is in whole minutes.
export function ridingClocks(items, terms, now = bankNow()) {
  if (!terms) return [];
  const found = new Map();
  for (const { kind, box, since } of items) {
    const minutes = kind === "tube" ? terms.tube_ride_minutes : terms.milk_ride_minutes;
    const ends = Date.parse(since) + minutes * MINUTE;
    const key = kind === "tube" ? "tube" : `box ${box}`;
    if (!found.has(key) || ends < found.get(key).ends) found.set(key, { kind, box, ends });
  }
  const left = ({ ends }) => Math.floor((ends - now) / MINUTE);
  return [...found.values()].map((clock) => ({ ...clock, left: left(clock) })).sort((a, b) => a.ends - b.ends);
}

// The margin of the alarm that has been reached, in minutes, or null.
export const alarmOf = (clock) => (clock ? ALARMS.find((margin) => clock.left <= margin) ?? null : null);

// In minutes by road, estimated from the straight line: the phone asks for no position.
export function nearestFreezer(freezers, from) {
  if (!from) return freezers[0] ? { ...freezers[0], minutes: null } : null;
  const away = (site) => Math.ceil((kilometres(site, from) * ROAD_FACTOR) / KM_PER_MINUTE);
  return freezers.map((site) => ({ ...site, minutes: away(site) })).sort((a, b) => a.minutes - b.minutes)[0] ?? null;
}

function kilometres(one, other) {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const [a, b] = [rad(one.latitude), rad(other.latitude)];
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(rad(other.longitude - one.longitude) / 2) ** 2;
  return 12742 * Math.asin(Math.sqrt(h));
}
