// A clock that runs out: the nearest freezer is one tap away, and the coordinator is told.
import { clockWords } from "./clock-bar.js";
import { alarmOf, clocks, nearest } from "./clocks.js";
import { button, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { navigationTo } from "./navigate.js";
import { t } from "./texts.js";

const HOUR = 60 * 60_000;

export function alarmCard(kept, model, act) {
  const clock = clocks(model.items, kept.terms)[0];
  const margin = alarmOf(clock);
  if (margin === null) return null;
  const site = nearest(kept.terms.freezers, model.lastPlace);
  return h("section", { class: `card alarm ${margin === 10 ? "danger" : ""}`, role: "alert" },
    h("h2", {}, icon("warn"), t("alarm_title")),
    h("p", {}, h("b", {}, clockWords(clock))),
    site ? wayOut(site, clock, kept, model, act) : h("p", {}, t("alarm_none")));
}

function wayOut(site, clock, kept, model, act) {
  const told = model.incidents.find(({ kind, since }) => kind === "clock" && Date.parse(since) > clock.ends - HOUR);
  const to = navigationTo(site, kept);
  const words = t("alarm_go", { name: site.name });
  const look = { class: "main full tall", icon: "navigate" };
  const go = told
    ? link(words, to ?? "#/hand-over", { ...look, rel: "noreferrer" })
    : button(words, () => act.divert(site, clockWords(clock), to), { ...look, id: "divert" });
  return [
    site.minutes !== null && h("p", {}, t("alarm_text", { name: site.name, minutes: site.minutes })),
    told && h("p", { class: "here" }, icon(told.sent ? "check" : "send"), t(told.sent ? "incident_told" : "incident_unsent")),
    h("div", { class: "actions" }, go, link(t("hand_over"), "#/hand-over", { class: "full", icon: "hand" })),
  ];
}
