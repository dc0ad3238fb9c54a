// The round: what changed, the next stop, the list of stops, the hand-over.
import { changeCard } from "./change-card.js";
import { button, h, link } from "./dom.js";
import { stopCard } from "./stop-card.js";
import { clock, counted, day, number, t } from "./texts.js";

const SIGNS = { waiting: "○", next: "➤", arrived: "●", collected: "✓", not_done: "✕" };

export function roundPage(model, act) {
  return [
    model.fresh && changeCard(model.snapshot, model.fresh, act.acknowledge),
    first(model, act),
    model.started && h("h2", {}, t("all_stops"), " ", h("small", { class: "soft" }, t("progress", { done: model.settled, all: model.stops.length }))),
    !model.started && h("h2", {}, t("all_stops")),
    h("ol", { class: "stops" }, model.stops.map((stop) => row(stop, model))),
    model.started && model.open > 0 && model.box.length > 0 && link(t("hand_over"), "#/hand-over", { class: "full quiet" }),
  ];
}

function first(model, act) {
  if (model.finished) return end(t("unloaded_title"), t("said_handed_over"), null);
  if (!model.started) return beginning(model, act);
  if (model.next) return stopCard(model.next, model, { title: t("next_stop"), act });
  const go = link(t("hand_over"), "#/hand-over", { class: "main full tall" });
  return end(t("all_done"), t("go_back", { place: model.snapshot.end.name }), go);
}

function beginning(model, act) {
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
    offlineReady()
      ? h("p", { class: "tag ok ready" }, `✓ ${t("ready", { n: model.stops.length })}`)
      : h("p", { class: "tag ready" }, `… ${t("getting_ready")}`),
    h("div", { class: "actions" }, button(t("start"), act.begin, { class: "main full tall", id: "start" })),
  );
}

// The page itself is kept only once the service worker has taken over.
export const offlineReady = () => Boolean(navigator.serviceWorker?.controller);

const sum = (model, name) => model.stops.reduce((total, stop) => total + stop[name], 0);

const end = (title, text, next) =>
  h("section", { class: "card stop end" }, h("h1", { tabindex: -1 }, `✓ ${title}`), h("p", {}, text), next && h("div", { class: "actions" }, next));

const purpose = (stop) =>
  stop.bottles ? counted("bottles", stop.bottles) : stop.purposes.map((each) => t(`purpose_${each}`)).join(", ");

// The list tells the town only: the address is read in full where it is needed.
function row(stop, model) {
  const isNext = model.started && stop === model.next && stop.state.phase === "waiting";
  const phase = isNext ? "next" : stop.state.phase;
  return h(
    "li", { class: `stop-row ${phase}` },
    h("a", { href: `#/stop/${stop.pickup}`, id: `stop-${stop.pickup}` },
      h("span", { class: "disc", "aria-hidden": true }, stop.place),
      h("span", { class: "who" }, h("b", {}, `${clock(stop.arrives_at, model.snapshot.time_zone)} ${stop.address.town}`),
        h("span", { class: "small soft" }, `${stop.first_name} · ${purpose(stop)}`)),
      h("span", { class: "phase small" }, h("span", { "aria-hidden": true }, SIGNS[phase]), " ", t(`phase_${phase}`))),
  );
}
