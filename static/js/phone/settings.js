// Settings of this phone: theme, navigation app, PIN, calendar.
import { calendarSection } from "./calendar.js";
import { h } from "./dom.js";
import { choices } from "./fields.js";
import { appsAllowed } from "./navigation.js";
import { pinForm } from "./pin-form.js";
import { canShare, withdrawPlace } from "./shared-place.js";
import { changeSettings } from "./store.js";
import { t } from "./texts.js";
import { THEMES, setTheme, theme } from "./theme.js";
import { drawSun } from "./top-bar.js";

export function settingsSection(stored, refresh) {
  const shown = JSON.stringify([stored.terms?.navigation, Boolean(stored.settings.pin)]);
  return h("details", { class: "fold", id: "settings", "data-keep": shown }, h("summary", {}, t("settings")),
    h("div", {}, themeChoice(), navigationChoice(stored), canShare() && placeChoice(stored), globalThis.crypto?.subtle && pinForm(stored, refresh), calendarSection()));
}

function themeChoice() {
  const changed = (chosen) => {
    setTheme(chosen);
    drawSun();
  };
  return choices("theme", t("theme"), THEMES.map((each) => [each, t(`theme_${each}`)]), { chosen: theme(), changed }).node;
}

// Off until the collector agrees; to withdraw is the same tap.
function placeChoice({ settings }) {
  const keep = async (chosen) => {
    await changeSettings({ sharesPlace: chosen === "yes" });
    if (chosen === "no") await withdrawPlace();
  };
  const offered = [["no", t("place_kept")], ["yes", t("place_shared")]];
  const chosen = settings.sharesPlace ? "yes" : "no";
  return choices("place", t("place_title"), offered, { hint: t("place_rule"), chosen, changed: keep }).node;
}

function navigationChoice({ terms, settings }) {
  const apps = appsAllowed(terms);
  if (!apps.length) return h("p", { class: "soft" }, t("navigation_off"));
  if (apps.length === 1) return null;
  const keep = (navigation) => changeSettings({ navigation });
  return choices("navigation", t("navigation"), apps.map((app) => [app, t(`navigate_${app}`)]), { chosen: settings.navigation ?? null, changed: keep }).node;
}
