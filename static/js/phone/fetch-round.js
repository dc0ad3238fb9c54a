// The copy of one round on this phone: its newest revision, its incidents, the events the bank has.
import { fetchJson } from "./api.js";
import { mergeFromBank } from "./outbox.js";
import { forgetUnloaded } from "./retention.js";
import { readAll, updateRound } from "./store.js";

export async function fetchRound({ round, state, events: atBank, incidents }) {
  const { rounds, events } = await readAll();
  const stored = rounds.find((each) => each.round === round);
  if (stored?.unloaded && state === "unloaded") return;
  const fresh = await fetchJson(`/phone/rounds/${round}`, stored?.snapshot ? stored.snapshot.revision : null);
  const answered = JSON.stringify(incidents) !== JSON.stringify(stored?.incidents);
  if (fresh || answered) {
    const snapshot = fresh ?? stored.snapshot;
    await updateRound(round, (current) => ({ sheet: current?.sheet, streets: current?.streets, round, shown: current?.shown ?? snapshot, snapshot, incidents }));
  }
  const sent = events.filter((event) => event.round === round && event.status === "sent");
  if (sent.length !== atBank) await mergeFromBank(round, (await fetchJson(`/phone/rounds/${round}/events`)).events);
  if (state === "unloaded") await forgetUnloaded(round);
}
