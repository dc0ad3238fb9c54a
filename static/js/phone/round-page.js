// The page of a round: changes, the next stop, the list of stops, links to the other forms.
import { alarmCard } from "./alarm-card.js";
import { changeCard } from "./change-card.js";
import { h, link, message } from "./dom.js";
import { emptyingCard, emptyingRows } from "./emptying-card.js";
import { icon } from "./icons.js";
import { incidentNotes } from "./incident-form.js";
import { remaining } from "./outbox.js";
import { rivalLinks } from "./rival-note.js";
import { schematicMap } from "./schematic-map.js";
import { startCard } from "./start-card.js";
import { PURPOSE_SIGNS, stopCard } from "./stop-card.js";
import { clock, counted, number, t } from "./texts.js";

const ICONS = { waiting: "todo", postponed: "later", en_route: "navigate", next: "navigate", arrived: "here", collected: "check", not_done: "cross" };

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 * @param {any} actions
 */
export function roundPage(model, stored, actions) {
  return [
    model.started && alarmCard(stored, model, actions),
    model.fresh && (model.atDoor ? message("warn", h("p", {}, t("change_waits"))) : changeCard(model.snapshot, model.fresh, actions.acknowledge)),
    incidentNotes(model, stored.terms),
    rivalLinks(model),
    mainCard(model, stored, actions),
    h("h2", { class: "heading" }, t("all_stops"), model.started && h("small", { class: "soft" }, t("progress", { done: model.settled, all: model.stops.length }))),
    h("ol", { class: "stops" }, [emptyingRows(model, 0), model.stops.map((stop) => [row(stop, model), emptyingRows(model, stop.place)])].flat(2)),
    schematicMap(model, stored),
    moreLinks(model),
  ];
}

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 * @param {any} actions
 */
function mainCard(model, stored, actions) {
  if (model.finished) return finished(model, stored);
  if (!model.started) return startCard(model, stored);
  if (model.emptying && !model.atDoor) return emptyingCard(model, stored);
  if (model.next) return stopCard(model.next, model, stored, { title: t("next_stop"), actions, reveal: null });
  return endCard(t("all_done"), t("go_back", { place: model.snapshot.end.name }), link(t("hand_over"), "#/hand-over", { class: "main full tall", icon: "hand" }));
}

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 */
function finished(model, stored) {
  const left = remaining(stored);
  const done = model.closed && [t("closed_text", { n: number(model.closed.payload.kilometres, 0) }), left ? counted("put_away_not_yet", left) : t("put_away")];
  if (done) return endCard(t("unloaded_title"), done.join(" "), null);
  return endCard(t("unloaded_title"), t("said_handed_over"), link(t("close_title"), "#/close", { class: "main full tall", id: "close-day", icon: "flag" }));
}

const endCard = (title, text, next) => h("section", { class: "card stop end" }, h("h1", { tabindex: -1 }, icon("check"), title), h("p", {}, text), next && h("div", { class: "actions" }, next));

/**
 * Links that may be needed at any time.
 * @param {import("./round").RoundModel} model
 */
function moreLinks(model) {
  const early = model.started && model.open > 0 && model.box.length > 0;
  return h("nav", { class: "more", "aria-label": t("more_to_do") },
    early && link(t("hand_over"), "#/hand-over", { icon: "hand" }),
    model.started && !model.finished && link(t("box_read_title"), "#/box", { id: "read-box", icon: "thermometer" }),
    !model.closed && link(t("incident"), "#/incident", { id: "tell", icon: "tell" }),
    link(t("account"), "#/sync", { icon: "person" }));
}

// The bottles, then each other purpose with its sign.
function loadWords(stop) {
  const others = stop.purposes.filter((each) => each !== "collection");
  const milk = stop.bottles > 0 ? [counted("bottles", stop.bottles)] : others.length ? [] : [t("purpose_collection")];
  const own = stop.line === "own_child" ? [t("line_own_child")] : [];
  return [...milk, ...own, ...others.map((each) => h("span", { class: "unit purpose" }, icon(PURPOSE_SIGNS[each]), t(`purpose_${each}`)))];
}

/**
 * A row shows the town only; the full address is on the page of the stop.
 * @param {import("./round").ShownStop} stop
 * @param {import("./round").RoundModel} model
 */
function row(stop, model) {
  const isNext = model.started && stop === model.next && stop.state.phase === "waiting";
  const postponed = stop.state.postponed !== null && stop.state.phase === "waiting";
  const phase = isNext ? "next" : postponed ? "postponed" : stop.state.phase;
  return h(
    "li", { class: `stop-row ${phase}` },
    h("a", { href: `#/stop/${stop.pickup}`, id: `stop-${stop.pickup}` },
      h("span", { class: "disc", "aria-hidden": true }, stop.place),
      h("span", { class: "who" }, h("b", {}, `${clock(stop.arrives_at, model.snapshot.time_zone)} ${stop.address.town}`),
        h("span", { class: "small soft" }, stop.first_name, loadWords(stop).flatMap((each) => [" · ", each]))),
      h("span", { class: "phase small" }, icon(ICONS[phase]), t(`phase_${phase}`))),
  );
}
