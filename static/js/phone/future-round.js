// A round of a later day: its card says its date, and a page of its own stands before an early start.
import { back, h, link, message } from "./dom.js";
import { fullDay, t } from "./texts.js";

// The bank's civil day, written as a round's day is: 2026-11-24.
const today = (timeZone) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date());

export const isAhead = ({ snapshot }) => snapshot.day > today(snapshot.time_zone);

/** @param {import("./round").RoundModel} model */
export const aheadNote = (model) =>
  message("warn",
    h("p", {}, h("b", {}, t("ahead_title", { day: fullDay(model.snapshot.day) }))),
    h("p", {}, t("ahead_text")),
    link(t("ahead_open"), "#/early", { class: "full quiet", id: "early" }));

/** @param {import("./round").RoundModel} model */
export function earlyPage({ snapshot }) {
  const days = { day: fullDay(snapshot.day), today: fullDay(today(snapshot.time_zone)) };
  return [
    back(t("back")),
    h("h1", { tabindex: -1 }, t("early_title", days)),
    message("danger", h("p", {}, t("early_text", days))),
    h("div", { class: "actions" },
      link(t("early_no"), "#/", { class: "main full tall", id: "early-no", icon: "back" }),
      link(t("early_yes", days), "#/start", { class: "full", id: "early-yes" })),
  ];
}
