// The tightest clock, always visible; the phone vibrates when it reaches an alarm.
import { alarmOf, ridingClocks } from "./cold-chain.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

let lastAlarm = null;

export function drawClock(stored, model) {
  const bar = document.querySelector("[data-clock]");
  const clock = model ? ridingClocks(model.items, stored.terms)[0] : null;
  const margin = alarmOf(clock);
  const key = clock ? `${clockWords(clock)}${margin}` : "";
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  bar.replaceChildren(...(clock ? [h("p", { class: `clock ${colour(margin)}` }, icon(margin === null ? "clock" : "warn"), clockWords(clock))] : []));
  vibrateAt(margin);
}

export function clockWords({ kind, box, left }) {
  const name = kind === "tube" ? "clock_tube" : box ? "clock" : "clock_plain";
  return t(`${name}_${left < 0 ? "over" : "left"}`, { box, left: duration(Math.abs(left)) });
}

const colour = (margin) => (margin === null ? "" : margin === 10 ? "danger" : "warn");

// Once for each margin, and without a sound: the collector may be driving.
function vibrateAt(margin) {
  if (margin !== null && margin !== lastAlarm) navigator.vibrate?.([300, 150, 300]);
  lastAlarm = margin;
}

// Hours and minutes never break over lines.
export function duration(minutes) {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  const words = h ? t("hours_minutes", { h, m: String(m).padStart(2, "0") }) : t("minutes", { n: m });
  return words.replaceAll(" ", "\u00a0");
}
