// The form to set, change or remove a PIN.
import { button, h } from "./dom.js";
import { text } from "./fields.js";
import { PIN, hashPin } from "./pin-hash.js";
import { unlock } from "./screen-lock.js";
import { changeSettings } from "./store.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

export function pinForm({ settings }, refresh) {
  const check = (given) => (PIN.test(given) ? null : t("lock_rule"));
  const pin = text("new-pin", t(settings.pin ? "lock_change" : "lock_set"), { inputmode: "numeric", hint: t("lock_hint"), check });

  async function onsubmit(event) {
    event.preventDefault();
    if (!validate([pin])) return;
    await changeSettings({ pin: await hashPin(pin.value()), tries: 0 });
    unlock();
    refresh();
  }

  const remove = () => changeSettings({ pin: null }).then(refresh);
  return h("form", { class: "settings", onsubmit }, pin.node,
    h("div", { class: "actions" },
      h("button", { class: "button full", id: "keep-pin" }, t("lock_keep")),
      settings.pin && button(t("lock_remove"), remove, { class: "full quiet" })));
}
