// A PIN between a passer-by and the round: a lock on the screen, not a safe around the data.
import { SIGN_IN } from "./api.js";
import { h, message, submit } from "./dom.js";
import { text } from "./fields.js";
import { matches } from "./pin.js";
import { changeSettings, everything, remember, wipeRounds } from "./store.js";
import { endSession } from "./sync.js";
import { t } from "./texts.js";

const AWAY = 5 * 60_000;
const TRIES = 5;

let locked = null;
let hiddenAt = null;

// The page was opened, or was away for five minutes: it asks once a PIN is set.
export function watchLock(show) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > AWAY) {
      locked = null;
      show({ moved: true });
    }
  });
}

// Whoever has just chosen a PIN need not type it at once.
export const unlock = () => {
  locked = false;
};

export function isLocked({ settings, person }) {
  locked ??= Boolean(settings.pin && person);
  return locked;
}

export function lockPage({ settings }, show) {
  const pin = text("pin", t("lock_pin"), { inputmode: "numeric" });
  pin.input.type = "password";
  const told = h("div", { role: "status" });

  async function open(event) {
    event.preventDefault();
    if (await matches(settings.pin, pin.value())) {
      unlock();
      await changeSettings({ tries: 0 });
      return show({ moved: true });
    }
    const tries = ((await everything()).settings.tries ?? 0) + 1;
    await changeSettings({ tries });
    if (tries >= TRIES) return shutOut();
    pin.input.value = "";
    told.replaceChildren(message("danger", h("p", {}, t("lock_wrong", { n: TRIES - tries }))));
  }

  return [
    h("h1", { tabindex: -1 }, t("lock_title")), h("p", {}, t("lock_text")),
    h("form", { class: "record", onsubmit: open }, pin.node, told, h("div", { class: "actions" }, submit(t("lock_open")))),
  ];
}

// Five wrong PINs take the round from the phone and end the session; what was never sent stays.
async function shutOut() {
  await changeSettings({ pin: null, tries: 0 });
  await wipeRounds("pin");
  await remember("leaving", true);
  await endSession().catch(() => null);
  location.assign(SIGN_IN);
}
