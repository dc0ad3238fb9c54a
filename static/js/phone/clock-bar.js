// The tightest clock, always visible, and the alarm with one way out: the nearest freezer.
import { alarmOf, clocks, nearest } from "./clocks.js";
import { button, h, link } from "./dom.js";
import { navigationTo } from "./navigate.js";
import { t } from "./texts.js";

let rung = null;

export function drawClock(kept, model) {
  const bar = document.querySelector("[data-clock]");
  const clock = model ? clocks(model.items, kept.terms)[0] : null;
  const margin = alarmOf(clock);
  const key = clock ? `${words(clock)}${margin}` : "";
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  const tone = margin === null ? "" : margin === 10 ? "danger" : "warn";
  bar.replaceChildren(...(clock ? [h("p", { class: `clock ${tone}` }, h("span", { "aria-hidden": true }, margin === null ? "◷ " : "! "), words(clock))] : []));
  ring(margin);
}

// Once for each margin, and only a shake: she may be driving.
function ring(margin) {
  if (margin !== null && margin !== rung) navigator.vibrate?.([300, 150, 300]);
  rung = margin;
}

export function alarmCard(kept, model, act) {
  const clock = clocks(model.items, kept.terms)[0];
  if (alarmOf(clock) === null) return null;
  const told = model.incidents.some(({ kind, since }) => kind === "clock" && Date.parse(since) > clock.ends - 60 * 60_000);
  const site = nearest(kept.terms.freezers, model.lastPlace);
  const parts = site
    ? [site.minutes !== null && h("p", {}, t("alarm_text", { name: site.name, minutes: site.minutes })),
       told ? h("p", {}, `✓ ${t("alarm_told")}`) : null,
       h("div", { class: "actions" },
         told ? link(`➤ ${t("alarm_go", { name: site.name })}`, navigationTo(site, kept) ?? "#/hand-over", { class: "main full tall", rel: "noreferrer" })
              : button(`➤ ${t("alarm_go", { name: site.name })}`, () => act.divert(site, words(clock), navigationTo(site, kept)), { class: "main full tall", id: "divert" }),
         link(t("hand_over"), "#/hand-over", { class: "full" }))]
    : [h("p", {}, t("alarm_none"))];
  return h("section", { class: "card changed", role: "alert" }, h("h2", {}, `! ${t("alarm_title")}`), h("p", {}, h("b", {}, words(clock))), parts);
}

function words({ kind, box, left }) {
  const over = left < 0;
  const key = kind === "tube" ? "clock_tube" : box ? "clock" : "clock";
  const name = kind === "tube" ? (over ? "clock_tube_over" : "clock_tube") : `${key}_${over ? "over" : "left"}${box ? "" : "_plain"}`;
  return t(name, { box, left: span(Math.abs(left)) });
}

const span = (minutes) =>
  minutes < 60 ? t("minutes", { n: minutes }) : t("hours_minutes", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
