// The round: what changed, the next stop, the list of stops, the hand-over.
import { changeCard } from "./change-card.js";
import { alarmCard } from "./clock-bar.js";
import { h, link, message } from "./dom.js";
import { drawing } from "./drawing.js";
import { incidentNotes } from "./incident-form.js";
import { offlineReady, scannerReady } from "./ready.js";
import { stopCard } from "./stop-card.js";
import { clock, counted, day, number, t } from "./texts.js";

const SIGNS = { waiting: "○", postponed: "↷", en_route: "➤", next: "➤", arrived: "●", collected: "✓", not_done: "✕" };

export function roundPage(model, kept, act) {
  return [
    model.started && alarmCard(kept, model, act),
    model.fresh && (model.standing ? message("warn", h("p", {}, t("change_waits"))) : changeCard(model.snapshot, model.fresh, act.acknowledge)),
    incidentNotes(model, kept.terms),
    first(model, kept, act),
    h("h2", {}, t("all_stops"), " ", model.started && h("small", { class: "soft" }, t("progress", { done: model.settled, all: model.stops.length }))),
    h("ol", { class: "stops" }, model.stops.map((stop) => row(stop, model))),
    drawing(model),
    h("div", { class: "actions" },
      model.started && model.open > 0 && model.box.length > 0 && link(t("hand_over"), "#/hand-over", { class: "full quiet" }),
      model.started && !model.finished && link(t("box_read_title"), "#/box", { class: "full quiet", id: "read-box" }),
      !model.closed && link(t("incident"), "#/incident", { class: "full quiet", id: "tell" })),
  ];
}

function first(model, kept, act) {
  if (model.finished) return finished(model);
  if (!model.started) return beginning(model, kept);
  if (model.next) return stopCard(model.next, model, kept, { title: t("next_stop"), act });
  const go = link(t("hand_over"), "#/hand-over", { class: "main full tall" });
  return end(t("all_done"), t("go_back", { place: model.snapshot.end.name }), go);
}

function finished(model) {
  if (model.closed) return end(t("unloaded_title"), t("closed_text", { n: number(model.closed.payload.kilometres, 0) }), null);
  return end(t("unloaded_title"), t("said_handed_over"), link(t("close_title"), "#/close", { class: "main full tall", id: "close-day" }));
}

function beginning(model, kept) {
  const { snapshot } = model;
  const departs = { time: clock(snapshot.departs_at, snapshot.time_zone), place: snapshot.start.name };
  return h(
    "section", { class: "card stop" },
    h("h1", { tabindex: -1 }, t("round", { letter: snapshot.letter }), " · ", day(snapshot.day)),
    h("p", { class: "arrival" }, t("departs", departs)),
    h("dl", { class: "facts" },
      h("div", {}, h("dt", {}, t("vehicle")), h("dd", {}, snapshot.vehicle || "–")),
      h("div", {}, h("dt", {}, t("take")), h("dd", {}, counted("bottles", sum(model, "bottles")))),
      h("div", {}, h("dt", {}, t("leave")), h("dd", {}, counted("empties", sum(model, "empties_wanted")))),
      h("div", {}, h("dt", {}, t("distance")), h("dd", {}, t("km", { n: number(snapshot.metres / 1000, 0) })))),
    readyList(model, kept),
    h("div", { class: "actions" }, link(t("start"), "#/start", { class: "main full tall", id: "start" })),
  );
}

// What is on board, line by line: a green word that hides nothing.
function readyList(model, kept) {
  const tomorrow = kept.rounds.find((round) => round.shown && round.shown.day > model.snapshot.day);
  const lines = [
    [offlineReady(), t("ready_page")], [true, t("ready_stops", { n: model.stops.length })], [true, t("ready_map")],
    [Boolean(kept.terms), t("ready_terms")], navigator.mediaDevices && [scannerReady(), t("ready_scanner")],
    tomorrow && [true, t("ready_tomorrow", { n: tomorrow.shown.stops.length })],
  ].filter(Boolean);
  const all = lines.every(([there]) => there);
  const title = all ? `✓ ${t("ready", { n: model.stops.length })}` : `… ${t("getting_ready")}`;
  return h("details", { class: `fold ready ${all ? "ok" : ""}` }, h("summary", {}, title),
    h("ul", { class: "plain" }, lines.map(([there, words]) => h("li", {}, `${there ? "✓" : "…"} ${words}`))));
}

const sum = (model, name) => model.stops.reduce((total, stop) => total + stop[name], 0);

const end = (title, text, next) =>
  h("section", { class: "card stop end" }, h("h1", { tabindex: -1 }, `✓ ${title}`), h("p", {}, text), next && h("div", { class: "actions" }, next));

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
      h("span", { class: "phase small" }, h("span", { "aria-hidden": true }, SIGNS[phase]), " ", t(`phase_${phase}`))),
  );
}
