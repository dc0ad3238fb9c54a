// Setting a PIN, changing it, removing it.
import { button, h } from "./dom.js";
import { judge, text } from "./fields.js";
import { unlock } from "./lock.js";
import { PIN, sealed } from "./pin.js";
import { changeSettings } from "./store.js";
import { t } from "./texts.js";

export function pinForm({ settings }, refresh) {
  const check = (given) => (PIN.test(given) ? null : t("lock_rule"));
  const pin = text("new-pin", t(settings.pin ? "lock_change" : "lock_set"), { inputmode: "numeric", hint: t("lock_hint"), check });

  async function keep(event) {
    event.preventDefault();
    if (!judge([pin])) return;
    await changeSettings({ pin: await sealed(pin.value()), tries: 0 });
    unlock();
    refresh();
  }

  const remove = () => changeSettings({ pin: null }).then(refresh);
  return h("form", { class: "settings", onsubmit: keep }, pin.node,
    h("div", { class: "actions" },
      h("button", { class: "button full", id: "keep-pin" }, t("lock_keep")),
      settings.pin && button(t("lock_remove"), remove, { class: "full quiet" })));
}
