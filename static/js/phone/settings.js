// This phone's own settings: which map app, a PIN, the calendar's secret address.
import { Away, change, read } from "./api.js";
import { drawSun } from "./bar.js";
import { button, h, message } from "./dom.js";
import { choices } from "./fields.js";
import { pinForm } from "./lock.js";
import { appsAllowed } from "./navigate.js";
import { remember } from "./store.js";
import { t } from "./texts.js";
import { THEMES, theme, wear } from "./theme.js";

export function settingsPart(kept, refresh) {
  return h("details", { class: "fold", id: "settings" }, h("summary", {}, t("settings")),
    h("div", {}, themeChoice(), navigationChoice(kept), globalThis.crypto?.subtle && pinForm(kept, refresh), calendar()));
}

const themeChoice = () =>
  choices("theme", t("theme"), THEMES.map((each) => [each, t(`theme_${each}`)]), { chosen: theme(), changed: (chosen) => { wear(chosen); drawSun(); } }).node;

function navigationChoice({ terms, settings }) {
  const apps = appsAllowed(terms);
  if (!apps.length) return h("p", { class: "soft" }, t("navigation_off"));
  if (apps.length === 1) return null;
  const keep = (navigation) => remember("settings", { ...settings, navigation });
  return choices("navigation", t("navigation"), apps.map((app) => [app, t(`navigate_${app}`)]), { chosen: settings.navigation ?? null, changed: keep }).node;
}

function calendar() {
  const told = h("div", { role: "status" });
  const away = (error) => {
    if (!(error instanceof Away)) throw error;
    told.replaceChildren(message("warn", h("p", {}, error.message || t("sign_out_offline"))));
  };
  const make = () => change("/phone/calendar", "POST").then(({ address }) =>
    told.replaceChildren(message("ok", h("p", {}, t("calendar_address")), h("p", { class: "address-line" }, address)))).catch(away);
  const end = () => change("/phone/calendar", "DELETE").then(() => told.replaceChildren(message("ok", h("p", {}, t("calendar_ended"))))).catch(away);
  read("/phone/calendar").then(({ working }) => working && told.append(h("p", { class: "soft" }, t("calendar_working")))).catch(() => null);
  return h("div", { class: "field" }, h("p", { class: "label" }, t("calendar")), h("p", { class: "hint" }, t("calendar_hint")), told,
    h("div", { class: "actions" }, button(t("calendar_make"), make, { class: "full", id: "make-calendar" }), button(t("calendar_end"), end, { class: "full quiet" })));
}
