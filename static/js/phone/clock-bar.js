// The tightest clock, always visible; a phone shakes when it reaches an alarm.
import { alarmOf, clocks } from "./clocks.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

let rung = null;

export function drawClock(kept, model) {
  const bar = document.querySelector("[data-clock]");
  const clock = model ? clocks(model.items, kept.terms)[0] : null;
  const margin = alarmOf(clock);
  const key = clock ? `${clockWords(clock)}${margin}` : "";
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  bar.replaceChildren(...(clock ? [h("p", { class: `clock ${tone(margin)}` }, icon(margin === null ? "clock" : "warn"), clockWords(clock))] : []));
  ring(margin);
}

export function clockWords({ kind, box, left }) {
  const name = kind === "tube" ? "clock_tube" : box ? "clock" : "clock_plain";
  return t(`${name}_${left < 0 ? "over" : "left"}`, { box, left: span(Math.abs(left)) });
}

const tone = (margin) => (margin === null ? "" : margin === 10 ? "danger" : "warn");

// Once for each margin, and only a shake: she may be driving.
function ring(margin) {
  if (margin !== null && margin !== rung) navigator.vibrate?.([300, 150, 300]);
  rung = margin;
}

// Hours and minutes never break over lines.
function span(minutes) {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  const words = h ? t("hours_minutes", { h, m: String(m).padStart(2, "0") }) : t("minutes", { n: m });
  return words.replaceAll(" ", "\u00a0");
}
