// The lock of the screen by a PIN. It hides the round from a passer-by; it does not encrypt it.
import { h, message, submit } from "./dom.js";
import { text } from "./fields.js";
import { pinMatches } from "./pin-hash.js";
import { wipeRounds } from "./retention.js";
import { closeLockedSession } from "./session.js";
import { changeSettings, readAll, setMeta } from "./store.js";
import { t } from "./texts.js";

const AWAY_MS = 5 * 60_000;
const TRIES = 5;

let locked = null;
let hiddenAt = null;

// Locks at the opening of the page and after five minutes out of sight, if a PIN is set.
export function watchLock(show) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > AWAY_MS) {
      locked = null;
      show({ moved: true });
    }
  });
}

// After a PIN was set, the page stays open.
export const unlock = () => {
  locked = false;
};

/** @param {import("./round").Stored} stored */
export function isLocked({ settings, person }) {
  locked ??= Boolean(settings.pin && person);
  return locked;
}

export function lockPage({ settings }, show) {
  const pin = text("pin", t("lock_pin"), { inputmode: "numeric" });
  pin.input.type = "password";
  const status = h("div", { role: "status" });

  let judging = false;

  async function open(event) {
    event.preventDefault();
    // A double tap is one try.
    if (judging) return;
    judging = true;
    await judge().finally(() => (judging = false));
  }

  async function judge() {
    if (await pinMatches(settings.pin, pin.value())) {
      unlock();
      await changeSettings({ tries: 0 });
      return show({ moved: true });
    }
    const tries = ((await readAll()).settings.tries ?? 0) + 1;
    await changeSettings({ tries });
    if (tries >= TRIES) return shutOut(show);
    pin.input.value = "";
    status.replaceChildren(message("danger", h("p", {}, t("lock_wrong", { n: TRIES - tries }))));
  }

  return [
    h("h1", { tabindex: -1 }, t("lock_title")), h("p", {}, t("lock_text")),
    h("form", { class: "record", onsubmit: open }, pin.node, status, h("div", { class: "actions" }, submit(t("lock_open")))),
  ];
}

// Five wrong PINs take the round off the phone and end the session; unsent records stay. The page
// that says so is the app's own: without a network there is no other.
async function shutOut(show) {
  const { session = true } = await readAll();
  await setMeta("leaving", session);
  await wipeRounds("pin");
  await changeSettings({ pin: null, tries: 0 });
  unlock();
  show({ moved: true });
  await closeLockedSession().catch(() => null);
}
