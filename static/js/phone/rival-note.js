// Two phones that recorded one visit differently: told on both until the coordinator chooses.
import { happenedAt, payloadOf } from "./device-clock.js";
import { h, link, message } from "./dom.js";
import { celsius, clock, counted, litres, t } from "./texts.js";

// The same fields as in collector/rounds/events/monitoring.py.
function content(event) {
  const { reason, bottles, volume_ml, freezer_celsius, storage_ok, containers, refused = [], empties_left, tubes = [], checks = {} } = payloadOf(event);
  if (event.kind !== "collected") return JSON.stringify([event.kind, reason]);
  const counts = refused.map((each) => `${each.reason} ${each.count}`);
  const drawn = tubes.map(({ number, drawn_at }) => [number, Date.parse(drawn_at)]);
  return JSON.stringify([bottles, volume_ml, freezer_celsius, storage_ok, containers, counts, empties_left, drawn, Object.entries(checks).sort()]);
}

// The records of a visit that stand side by side, the last one at the end; none if they agree.
export function versions({ rivals, decidedBy }) {
  const all = decidedBy ? [...rivals, decidedBy] : [];
  return new Set(all.map(content)).size > 1 ? all : [];
}

export function rivalNote(stop, stored) {
  const all = versions(stop.state);
  if (!all.length) return null;
  return message("warn",
    h("p", {}, h("b", {}, t("rival_title", { name: stop.first_name }))),
    h("ul", {}, all.map((event) => h("li", {}, line(event, stored)))),
    h("p", {}, t("rival_counts")));
}

// On the page of the round, each such stop with the way to it.
export const rivalLinks = (model) =>
  model.stops.filter((stop) => versions(stop.state).length).map((stop) =>
    message("warn", h("p", {}, t("rival_title", { name: stop.first_name })), link(t("open_stop"), `#/stop/${stop.pickup}`, { class: "full" })));

function line(event, stored) {
  const where = t(event.device === stored.device ? "rival_here" : "rival_there");
  return `${clock(happenedAt(event))} · ${where} · ${words(event)}`;
}

function words({ kind, payload }) {
  if (kind === "not_done") return t(`reason_${payload.reason}`);
  const { bottles, volume_ml, freezer_celsius } = payload;
  const degrees = freezer_celsius === null ? "–" : celsius(freezer_celsius);
  return t("recorded_bottles", { bottles: counted("bottles", bottles), volume: litres(volume_ml), celsius: degrees });
}
