// How long the phone keeps what it was told: no longer than the round needs it, never less.
import { everything, forgetRound } from "./store.js";

const KEPT_AFTER_UNLOADING = 15 * 60_000;

// After the hand-over a quarter of an hour is left to undo; then the addresses go.
export async function wipeUnloaded(round) {
  const { rounds, events } = await everything();
  const ours = events.filter((event) => event.round === round);
  const last = Math.max(...ours.map((event) => Date.parse(event.device_at)));
  if (ours.some((event) => event.status !== "sent") || Date.now() - last < KEPT_AFTER_UNLOADING) return;
  const { letter, day } = rounds.find((each) => each.round === round).snapshot;
  await forgetRound(round, { round, unloaded: { letter, day } });
}

export async function forgetOthers(listed) {
  const { rounds, events } = await everything();
  const wanted = new Set(listed.map((each) => each.round));
  const unsent = new Set(events.filter((event) => event.status !== "sent").map((event) => event.round));
  for (const { round } of rounds) {
    if (!wanted.has(round) && !unsent.has(round)) await forgetRound(round);
  }
}
