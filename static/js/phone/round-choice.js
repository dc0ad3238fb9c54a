// The choice among the rounds on this phone, and the tabs to the others.
import { h, link, message } from "./dom.js";
import { isAhead } from "./future-round.js";
import { roundModel } from "./round-model.js";
import { day, t } from "./texts.js";

let chosen = null;

export const openRound = (round) => {
  chosen = round;
};

export function chooseRound(stored, { place, id }) {
  if (place === "round") openRound(Number(id));
  const rounds = stored.rounds.filter((round) => round.shown).sort(byDay);
  const gone = stored.rounds.filter((round) => round.unloaded);
  const models = rounds.map((round) => modelOf(round, stored.events));
  const model = models.find((each) => each.snapshot.round === chosen) ?? dueOf(models) ?? models[0] ?? null;
  const notes = gone.map(({ unloaded }) =>
    message("ok", h("p", {}, h("b", {}, t("unloaded_title")), " · ", t("unloaded_text", unloaded))));
  return { model, others: [...notes, models.length > 1 && tabs(models, model)].filter(Boolean) };
}

// A round of today comes before one of tomorrow, until its day is closed.
function dueOf(models) {
  const today = models.filter((each) => !isAhead(each));
  return today.find((each) => !each.finished) ?? today.find((each) => !each.closed) ?? models.find((each) => !each.finished);
}

function modelOf({ round, shown, snapshot, incidents }, events) {
  const ours = events.filter((event) => event.round === round);
  const fresh = snapshot.revision > shown.revision ? snapshot : null;
  return { ...roundModel(shown, ours, incidents), fresh };
}

function tabs(models, model) {
  const tab = (each) =>
    link(`${t("round", { letter: each.snapshot.letter })} · ${day(each.snapshot.day)}`, `#/round/${each.snapshot.round}`,
      { "aria-current": each === model ? "page" : null, id: `round-${each.snapshot.round}` });
  return h("nav", { class: "tabs", "aria-label": t("rounds") }, models.map(tab));
}

const byDay = (one, other) => Date.parse(one.shown.departs_at ?? one.shown.day) - Date.parse(other.shown.departs_at ?? other.shown.day);
