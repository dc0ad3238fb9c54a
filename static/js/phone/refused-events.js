// Events that the bank did not accept: its reason for each, and three ways to go on.
import { happenedAt } from "./device-clock.js";
import { button, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { discard, requeue } from "./outbox.js";
import { sync } from "./sync.js";
import { clock, t } from "./texts.js";

export const refusedEvents = (refused, stored, refresh) => [
  h("h2", { class: "here" }, icon("cross"), `${t("sync_title_refused")} (${refused.length})`),
  h("p", {}, t("sync_refused_text")),
  refused.map((event) => card(event, stored, refresh)),
];

function card(event, stored, refresh) {
  const then = (change) => () => change(event).then(refresh);
  return h(
    "section", { class: "card refused" },
    h("p", {}, h("b", {}, eventLine(event, stored))),
    h("p", { class: "here missing" }, icon("cross"), event.message),
    h("div", { class: "actions" },
      stopOf(event, stored) && link(t("open_stop"), `#/stop/${event.pickup}`, { class: "full" }),
      button(t("send_again"), then((refused) => requeue(refused).then(sync)), { class: "full", icon: "send" }),
      button(t("settled"), then(discard), { class: "full", icon: "check" })),
  );
}

export function eventLine(event, stored) {
  const stop = stopOf(event, stored);
  return [clock(happenedAt(event)), t(`kind_${event.kind}`), stop && `${stop.first_name}, ${stop.address.town}`].filter(Boolean).join(" · ");
}

const stopOf = (event, stored) =>
  stored.rounds.flatMap((round) => round.shown?.stops ?? []).find((each) => each.pickup === event.pickup);
