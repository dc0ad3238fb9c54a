// This phone's own settings: how it looks, which map app, a PIN, the calendar.
import { drawSun } from "./bar.js";
import { calendarPart } from "./calendar.js";
import { h } from "./dom.js";
import { choices } from "./fields.js";
import { appsAllowed } from "./navigate.js";
import { pinForm } from "./pin-form.js";
import { changeSettings } from "./store.js";
import { t } from "./texts.js";
import { THEMES, theme, wear } from "./theme.js";

export function settingsPart(kept, refresh) {
  return h("details", { class: "fold", id: "settings" }, h("summary", {}, t("settings")),
    h("div", {}, themeChoice(), navigationChoice(kept), globalThis.crypto?.subtle && pinForm(kept, refresh), calendarPart()));
}

function themeChoice() {
  const changed = (chosen) => {
    wear(chosen);
    drawSun();
  };
  return choices("theme", t("theme"), THEMES.map((each) => [each, t(`theme_${each}`)]), { chosen: theme(), changed }).node;
}

function navigationChoice({ terms, settings }) {
  const apps = appsAllowed(terms);
  if (!apps.length) return h("p", { class: "soft" }, t("navigation_off"));
  if (apps.length === 1) return null;
  const keep = (navigation) => changeSettings({ navigation });
  return choices("navigation", t("navigation"), apps.map((app) => [app, t(`navigate_${app}`)]), { chosen: settings.navigation ?? null, changed: keep }).node;
}
