// Records that the bank did not accept: its reason for each, and the ways to go on.
import { deleteButton } from "./delete-button.js";
import { happenedAt } from "./device-clock.js";
import { button, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { discard, requeue, restore } from "./outbox.js";
import { isRepairable, repair } from "./repair.js";
import { sync } from "./sync.js";
import { clock, t } from "./texts.js";

export const refusedEvents = (refused, stored, refresh) =>
  refused.map((event) => refusedCard(eventLine(event, stored), event.message, [
    isRepairable(event)
      ? button(t("repair"), () => repair(event), { class: "main full", icon: "undo" })
      : stopOf(event, stored) && link(t("open_stop"), `#/stop/${event.pickup}`, { class: "full" }),
    button(t("send_again"), () => requeue(event).then(sync).then(refresh), { class: "full", icon: "send" }),
    deleteButton(() => discard(event).then(refresh), () => restore(event).then(refresh)),
  ]));

export const refusedCard = (line, reason, ways) =>
  h("section", { class: "card refused" },
    h("p", {}, h("b", {}, line)), h("p", { class: "here missing" }, icon("cross"), reason), h("div", { class: "actions" }, ways));

export function eventLine(event, stored) {
  const stop = stopOf(event, stored);
  return [clock(happenedAt(event)), t(`kind_${event.kind}`), stop && `${stop.first_name}, ${stop.address.town}`].filter(Boolean).join(" · ");
}

export const stopOf = ({ pickup }, stored) =>
  stored.rounds.flatMap((round) => round.shown?.stops ?? []).find((each) => each.pickup === pickup);
