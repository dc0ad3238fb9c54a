// The alarm of a clock that runs out: the nearest freezer in one tap, and an incident for the coordinator.
import { clockWords } from "./clock-bar.js";
import { alarmOf, nearestFreezer, ridingClocks } from "./cold-chain.js";
import { button, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { navigationTo } from "./navigation.js";
import { t } from "./texts.js";

const HOUR = 60 * 60_000;

/**
 * @param {import("./round").Stored} stored
 * @param {import("./round").RoundModel} model
 * @param {any} actions
 */
export function alarmCard(stored, model, actions) {
  const clock = ridingClocks(model.items, stored.terms)[0];
  const margin = alarmOf(clock);
  if (margin === null) return null;
  const site = nearestFreezer(stored.terms.freezers, model.lastPlace);
  return h("section", { class: `card alarm ${margin === 10 ? "danger" : ""}`, role: "alert" },
    h("h2", {}, icon("warn"), t("alarm_title")),
    h("p", {}, h("b", {}, clockWords(clock))),
    site ? diversion(site, clock, stored, model, actions) : h("p", {}, t("alarm_none")));
}

function diversion(site, clock, stored, model, actions) {
  const reported = model.incidents.find(({ kind, since }) => kind === "clock" && Date.parse(since) > clock.ends - HOUR);
  const to = navigationTo(site, stored);
  const words = t("alarm_go", { name: site.name });
  const look = { class: "main full tall", icon: "navigate" };
  const go = reported
    ? link(words, to ?? "#/hand-over", { ...look, rel: "noreferrer" })
    : button(words, () => actions.divert(site, clockWords(clock), to), { ...look, id: "divert" });
  return [
    site.minutes !== null && h("p", {}, t("alarm_text", { name: site.name, minutes: site.minutes })),
    reported && h("p", { class: "here" }, icon(reported.sent ? "check" : "send"), t(reported.sent ? "incident_told" : "incident_unsent")),
    h("div", { class: "actions" }, go, link(t("hand_over"), "#/hand-over", { class: "full", icon: "hand" })),
  ];
}
