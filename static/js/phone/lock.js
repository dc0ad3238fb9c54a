// A PIN between a passer-by and the round: a lock on the screen, not a safe around the data.
import { SIGN_IN } from "./api.js";
import { h, message, submit } from "./dom.js";
import { judge, text } from "./fields.js";
import { everything, remember, wipeRounds } from "./store.js";
import { endSession } from "./sync.js";
import { t } from "./texts.js";

const AWAY = 5 * 60_000;
const TRIES = 5;
const ROUNDS = 200_000;
export const PIN = /^\d{4,8}$/;

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
      locked = false;
      await keepTries(0);
      return show({ moved: true });
    }
    const tries = (settings.tries ?? 0) + 1;
    await keepTries(tries);
    if (tries >= TRIES) return shutOut();
    settings.tries = tries;
    pin.input.value = "";
    told.replaceChildren(message("danger", h("p", {}, t("lock_wrong", { n: TRIES - tries }))));
  }
  async function shutOut() {
    await remember("settings", { ...settings, pin: null, tries: 0 });
    await wipeRounds("pin");
    await remember("leaving", true);
    await endSession().catch(() => null);
    location.assign(SIGN_IN);
  }
  return [h("h1", { tabindex: -1 }, t("lock_title")), h("p", {}, t("lock_text")),
    h("form", { class: "record", onsubmit: open }, pin.node, told, h("div", { class: "actions" }, submit(t("lock_open"))))];
}

const keepTries = async (tries) => remember("settings", { ...(await everything()).settings, tries });

export function pinForm({ settings }, refresh) {
  const pin = text("new-pin", t(settings.pin ? "lock_change" : "lock_set"), { inputmode: "numeric", hint: t("lock_hint"), check: (given) => (PIN.test(given) ? null : t("lock_rule")) });
  async function keep(event) {
    event.preventDefault();
    if (!judge([pin])) return;
    const salt = crypto.getRandomValues(new Uint8Array(16));
    await remember("settings", { ...settings, pin: { salt: [...salt], hash: await hashed(pin.value(), salt) }, tries: 0 });
    locked = false;
    refresh();
  }
  const remove = () => remember("settings", { ...settings, pin: null }).then(refresh);
  return h("form", { class: "settings", onsubmit: keep }, pin.node,
    h("div", { class: "actions" }, h("button", { class: "button full", id: "keep-pin" }, t("lock_keep")),
      settings.pin && h("button", { type: "button", class: "button full quiet", onclick: remove }, t("lock_remove"))));
}

const matches = async ({ salt, hash }, given) => (await hashed(given, new Uint8Array(salt))) === hash;

async function hashed(pin, salt) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, key, 256);
  return [...new Uint8Array(bits)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
