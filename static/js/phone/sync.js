// Brings phone and bank together: sends what waits, fetches what was promised anew.
// Safari knows no Background Sync, so it is tried at every occasion there is.
import { Away, ShutOut, SignedOut, introduce, leave, read, send } from "./api.js";
import { device, learn, settle, waiting } from "./outbox.js";
import { flushPhotos } from "./photos.js";
import { forgetOthers, wipeUnloaded } from "./retention.js";
import { everything, keepRound, remember, wipe, wipeRounds } from "./store.js";

const EVERY = 30_000;
const AT_ONCE = 50;

export const state = { signedOut: false, stranger: false, running: null, again: false };

export function keepInTouch() {
  addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  document.addEventListener("phone:said", sync);
  setInterval(sync, EVERY);
  return sync();
}

// One at a time; what is said while it runs is sent right after.
export function sync() {
  state.again = true;
  state.running ??= untilQuiet().finally(() => (state.running = null));
  return state.running;
}

async function untilQuiet() {
  while (state.again) {
    state.again = false;
    await once();
    document.dispatchEvent(new CustomEvent("phone:changed"));
  }
}

async function once() {
  try {
    await endSession();
    introduce(await device(), (await waiting()).length);
    let listed = await read("/phone/rounds");
    state.signedOut = false;
    await remember("revoked", false);
    await remember("terms", listed.terms);
    state.stranger = !(await isOurs(listed.person));
    if (state.stranger) return;
    if (await flush()) listed = await read("/phone/rounds");
    for (const round of listed.rounds) await fetchRound(round);
    await flushPhotos();
    await forgetOthers(listed.rounds);
    await remember("touched", new Date().toISOString());
  } catch (error) {
    if (error instanceof SignedOut) state.signedOut = true;
    else if (error instanceof ShutOut) await wipeRounds("office");
    else if (!(error instanceof Away)) throw error;
  }
}

// Whoever guessed at the PIN is signed out, at the next contact if there is no network now.
export async function endSession() {
  if (!(await everything()).leaving) return;
  await leave().catch((error) => {
    if (!(error instanceof SignedOut)) throw error;
  });
  await remember("leaving", false);
}

// A phone changes hands only once its outbox is empty.
async function isOurs(person) {
  const { person: before, events } = await everything();
  if (before && before.id !== person.id) {
    if (events.some((event) => event.status !== "sent")) return false;
    await wipe();
  }
  await remember("person", person);
  return true;
}

async function flush() {
  const events = await waiting();
  for (const round of new Set(events.map((event) => event.round))) {
    const ours = events.filter((event) => event.round === round);
    for (let from = 0; from < ours.length; from += AT_ONCE) {
      await sendSome(round, ours.slice(from, from + AT_ONCE));
    }
  }
  return events.length > 0;
}

// A round that is no longer ours takes nothing: its events are shown as not accepted.
async function sendSome(round, events) {
  try {
    await settle((await send(`/phone/rounds/${round}/events`, events.map(asSaid))).outcomes);
  } catch (error) {
    if (error.status !== 404) throw error;
    const no = { status: "refused", code: "http_404", message: error.message };
    await settle(events.map(({ client_id }) => ({ client_id, ...no })));
  }
}

const asSaid = ({ client_id, kind, pickup, sequence, device_at, device: ours, payload }) =>
  ({ client_id, kind, pickup, sequence, device_at, device: ours, payload });

async function fetchRound({ round, state: reached, events: known, incidents }) {
  const { rounds, events } = await everything();
  const kept = rounds.find((each) => each.round === round);
  if (kept?.unloaded && reached === "unloaded") return;
  const fresh = await read(`/phone/rounds/${round}`, kept?.snapshot ? kept.snapshot.revision : null);
  const told = JSON.stringify(incidents) !== JSON.stringify(kept?.incidents);
  if (fresh || told) {
    const snapshot = fresh ?? kept.snapshot;
    await keepRound({ round, shown: kept?.shown ?? snapshot, snapshot, incidents });
  }
  const ours = events.filter((event) => event.round === round && event.status === "sent");
  if (ours.length !== known) await learn(round, (await read(`/phone/rounds/${round}/events`)).events);
  if (reached === "unloaded") await wipeUnloaded(round);
}
