// What the bank did not take: each with its reason, and the three things that can be done.
import { button, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { discard, sendAgain } from "./outbox.js";
import { sync } from "./sync.js";
import { clock, t } from "./texts.js";

export const refusedList = (refused, kept, refresh) => [
  h("h2", { class: "here" }, icon("cross"), `${t("sync_title_refused")} (${refused.length})`),
  h("p", {}, t("sync_refused_text")),
  refused.map((event) => card(event, kept, refresh)),
];

function card(event, kept, refresh) {
  const then = (act) => () => act(event).then(refresh);
  return h(
    "section", { class: "card refused" },
    h("p", {}, h("b", {}, eventLine(event, kept))),
    h("p", { class: "here missing" }, icon("cross"), event.message),
    h("div", { class: "actions" },
      stopOf(event, kept) && link(t("open_stop"), `#/stop/${event.pickup}`, { class: "full" }),
      button(t("send_again"), then((refused) => sendAgain(refused).then(sync)), { class: "full", icon: "send" }),
      button(t("settled"), then(discard), { class: "full", icon: "check" })),
  );
}

export function eventLine(event, kept) {
  const stop = stopOf(event, kept);
  return [clock(event.device_at), t(`kind_${event.kind}`), stop && `${stop.first_name}, ${stop.address.town}`].filter(Boolean).join(" · ");
}

const stopOf = (event, kept) =>
  kept.rounds.flatMap((round) => round.shown?.stops ?? []).find((each) => each.pickup === event.pickup);
