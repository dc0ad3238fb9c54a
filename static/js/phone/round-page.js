// The round: what changed, the next stop, the list of stops, what else can be done.
import { beginning } from "./beginning.js";
import { changeCard } from "./change-card.js";
import { alarmCard } from "./alarm.js";
import { h, link, message } from "./dom.js";
import { drawing } from "./drawing.js";
import { icon } from "./icons.js";
import { incidentNotes } from "./incident-form.js";
import { stopCard } from "./stop-card.js";
import { clock, counted, number, t } from "./texts.js";

const SIGNS = { waiting: "todo", postponed: "later", en_route: "navigate", next: "navigate", arrived: "here", collected: "check", not_done: "cross" };

export function roundPage(model, kept, act) {
  return [
    model.started && alarmCard(kept, model, act),
    model.fresh && (model.standing ? message("warn", h("p", {}, t("change_waits"))) : changeCard(model.snapshot, model.fresh, act.acknowledge)),
    incidentNotes(model, kept.terms),
    first(model, kept, act),
    h("h2", { class: "heading" }, t("all_stops"), model.started && h("small", { class: "soft" }, t("progress", { done: model.settled, all: model.stops.length }))),
    h("ol", { class: "stops" }, model.stops.map((stop) => row(stop, model))),
    drawing(model),
    more(model),
  ];
}

function first(model, kept, act) {
  if (model.finished) return finished(model);
  if (!model.started) return beginning(model, kept);
  if (model.next) return stopCard(model.next, model, kept, { title: t("next_stop"), act });
  const go = link(t("hand_over"), "#/hand-over", { class: "main full tall", icon: "hand" });
  return end(t("all_done"), t("go_back", { place: model.snapshot.end.name }), go);
}

function finished(model) {
  if (model.closed) return end(t("unloaded_title"), t("closed_text", { n: number(model.closed.payload.kilometres, 0) }), null);
  return end(t("unloaded_title"), t("said_handed_over"), link(t("close_title"), "#/close", { class: "main full tall", id: "close-day", icon: "flag" }));
}

const end = (title, text, next) =>
  h("section", { class: "card stop end" }, h("h1", { tabindex: -1 }, icon("check"), title), h("p", {}, text), next && h("div", { class: "actions" }, next));

// What is not today's next thing, but may be wanted at any time.
function more(model) {
  const early = model.started && model.open > 0 && model.box.length > 0;
  return h("nav", { class: "more", "aria-label": t("more_to_do") },
    early && link(t("hand_over"), "#/hand-over", { icon: "hand" }),
    model.started && !model.finished && link(t("box_read_title"), "#/box", { id: "read-box", icon: "thermometer" }),
    !model.closed && link(t("incident"), "#/incident", { id: "tell", icon: "tell" }),
    link(t("account"), "#/sync", { icon: "person" }));
}

const purpose = (stop) =>
  stop.bottles ? counted("bottles", stop.bottles) : stop.purposes.map((each) => t(`purpose_${each}`)).join(", ");

// The list tells the town only: the address is read in full where it is needed.
function row(stop, model) {
  const isNext = model.started && stop === model.next && stop.state.phase === "waiting";
  const put = stop.state.postponed !== null && stop.state.phase === "waiting";
  const phase = isNext ? "next" : put ? "postponed" : stop.state.phase;
  return h(
    "li", { class: `stop-row ${phase}` },
    h("a", { href: `#/stop/${stop.pickup}`, id: `stop-${stop.pickup}` },
      h("span", { class: "disc", "aria-hidden": true }, stop.place),
      h("span", { class: "who" }, h("b", {}, `${clock(stop.arrives_at, model.snapshot.time_zone)} ${stop.address.town}`),
        h("span", { class: "small soft" }, `${stop.first_name} · ${purpose(stop)}`)),
      h("span", { class: "phase small" }, icon(SIGNS[phase]), t(`phase_${phase}`))),
  );
}
