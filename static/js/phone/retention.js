// Retention on the phone: a round stays as long as it is needed, and while a record of it is unsent.
import { happenedAt, now } from "./device-clock.js";
import { isUnsent } from "./outbox.js";
import { readAll, transaction } from "./store.js";
import { forgetStreets } from "./streets.js";

const KEPT_AFTER_UNLOADING_MS = 15 * 60_000;

// A quarter of an hour after the hand-over nothing can be undone any more; the addresses go.
export async function forgetUnloaded(round) {
  const { rounds, events } = await readAll();
  const times = events.filter((event) => event.round === round).map((event) => Date.parse(happenedAt(event)));
  if (now() - Math.max(...times) < KEPT_AFTER_UNLOADING_MS) return;
  const { letter, day } = rounds.find((each) => each.round === round).snapshot;
  await forgetRound(round, { round, unloaded: { letter, day } });
}

export async function forgetUnlisted(listed) {
  const wanted = new Set(listed.map((each) => each.round));
  for (const { round } of (await readAll()).rounds) {
    if (!wanted.has(round)) await forgetRound(round);
  }
}

// Forgets a round and its events, unless one of them is unsent or a draft; leaves a `note` in its place.
const forgetRound = (round, note = null) =>
  transaction(async (tx) => {
    const [rounds, events] = [tx.objectStore("rounds"), tx.objectStore("events")];
    const ours = (await events.getAll()).filter((event) => event.round === round);
    const photos = await tx.objectStore("photos").getAllKeys();
    const drafts = await tx.objectStore("drafts").getAll();
    if (ours.some(isUnsent({ photos })) || drafts.some((draft) => draft.round === round)) return;
    for (const { client_id } of ours) await events.delete(client_id);
    if (note) await rounds.put(note);
    else await rounds.delete(round);
  }).then(forgetStreets);

// Shut out: names and addresses go at once, unsent records stay. `reason` is "office" or "pin".
export const wipeRounds = (reason) =>
  transaction(async (tx) => {
    await tx.objectStore("rounds").clear();
    const events = tx.objectStore("events");
    for (const event of await events.getAll()) if (event.status === "sent") await events.delete(event.client_id);
    const meta = tx.objectStore("meta");
    for (const key of ["device", "touched", "terms"]) await meta.delete(key);
    await meta.put(reason, "revoked");
  }).then(forgetStreets);
