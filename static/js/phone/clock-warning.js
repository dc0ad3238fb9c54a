// The warning about a phone with a wrong clock, with its remedy.
import { duration } from "./clock-bar.js";
import { clockError } from "./device-clock.js";
import { h, message } from "./dom.js";
import { t } from "./texts.js";

export function clockWarning() {
  const error = clockError();
  if (error === null) return null;
  const by = duration(Math.round(Math.abs(error) / 60_000));
  return message("warn", h("p", {}, h("b", {}, t(error > 0 ? "clock_fast" : "clock_slow", { by }))), h("p", {}, t("clock_remedy")));
}
