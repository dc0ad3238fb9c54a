// Synchronisation of phone and bank: waiting events go out, promised rounds come in.
// Safari has no Background Sync, so every occasion is used: network, page shown, record, timer.
import { DeviceRevoked, RequestFailed, SignedOut, fetchJson, identify } from "./api.js";
import { attemptEach } from "./attempt-each.js";
import { noteBankTime } from "./clock-measurement.js";
import { fetchRound } from "./fetch-round.js";
import { deviceKey, unsentRecords } from "./outbox.js";
import { sendPhotos } from "./photos.js";
import { forgetUnlisted, wipeRounds } from "./retention.js";
import { sendEvents } from "./send-events.js";
import { sendPlace } from "./shared-place.js";
import { acceptPerson, closeLockedSession } from "./session.js";
import { readAll, setMeta } from "./store.js";

const EVERY_MS = 30_000;
const LIST = "/phone/rounds";

// `failure` is the reason of the bank's server, or null where it answered or was not reached.
export const state = { signedOut: false, failure: null, stranger: false, running: null, again: false };

export function startSync() {
  addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  document.addEventListener("phone:recorded", sync);
  setInterval(sync, EVERY_MS);
  return sync();
}

// One exchange at a time; a record made meanwhile is sent by the next one.
export function sync() {
  state.again = true;
  state.running ??= untilQuiet().finally(() => (state.running = null));
  return state.running;
}

async function untilQuiet() {
  while (state.again) {
    state.again = false;
    await exchange();
    document.dispatchEvent(new CustomEvent("phone:changed"));
  }
}

async function exchange() {
  try {
    await closeLockedSession();
    identify(await deviceKey(), unsentRecords(await readAll()).length);
    let listed = await fetchList();
    state.signedOut = false;
    // Locked by wrong PINs while the list was on its way.
    if ((await readAll()).leaving) return;
    await setMeta("revoked", false);
    await setMeta("session", listed.session);
    state.stranger = !(await acceptPerson(listed.person));
    if (state.stranger) return;
    const send = async () => {
      if (await sendEvents()) listed = await fetchJson(LIST);
    };
    await attemptEach([send, () => receive(listed), sendPhotos, () => sendPlace(listed.rounds)], (step) => step());
    state.failure = null;
    await setMeta("touched", listed.now);
  } catch (error) {
    if (error instanceof SignedOut) state.signedOut = true;
    else if (error instanceof DeviceRevoked) await wipeRounds("office");
    else if (!(error instanceof RequestFailed)) throw error;
    else state.failure = error.status >= 500 ? error.message : null;
  }
}

// Every exchange begins with the list, whose answer tells the bank's time.
async function fetchList() {
  const begun = performance.now();
  const listed = await fetchJson(LIST);
  if (listed.now) await noteBankTime(listed.now, performance.now() - begun);
  return listed;
}

async function receive({ terms, rounds }) {
  await setMeta("terms", terms);
  await attemptEach(rounds, fetchRound);
  await forgetUnlisted(rounds);
}
