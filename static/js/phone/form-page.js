// Pages with a form: a visit's record, not done, postponed, reopened, boxes, hand-over, end of the day.
import { boxReadingForm, startForm } from "./box-form.js";
import { earlyPage, isAhead } from "./future-round.js";
import { closeForm } from "./close-form.js";
import { payloadOf } from "./device-clock.js";
import { back, h } from "./dom.js";
import { handOverForm } from "./hand-over-form.js";
import { incidentForm } from "./incident-form.js";
import { postponeForm } from "./postpone-form.js";
import { notDoneForm, reopenForm } from "./reason-form.js";
import { inSequence } from "./replay.js";
import { stopForm } from "./stop-form.js";
import { fullDay, t } from "./texts.js";
import { noticeUsedLabels, usedLabels } from "./used-labels.js";

// Pages about the whole round, each with the condition under which it can be opened.
const ROUND_FORMS = {
  "hand-over": {
    when: (model) => model.started,
    show: (model, stored, actions) => [t("hand_over_title", { place: (model.emptying ?? model.snapshot.end).name }), handOverForm(model, stored.terms, actions.handOver)],
  },
  start: {
    when: (model) => !model.started,
    show: (model, stored, actions) => [startTitle(model), startForm(model.stops, stored.terms?.box_warmest_celsius ?? null, actions.begin)],
  },
  box: {
    when: (model) => model.started,
    show: (model, stored, actions) => [t("box_read_title"), boxReadingForm(model.boxes, stored.terms?.box_warmest_celsius ?? null, actions.readBoxes)],
  },
  incident: { when: () => true, show: (model, stored, actions) => [t("incident_title"), incidentForm(stored.terms, actions.report)] },
  close: { when: (model) => model.started, show: (model, stored, actions) => [t("close_title"), closeForm(model, stored, actions.close)] },
};

const startTitle = (model) => (isAhead(model) ? t("ahead_title", { day: fullDay(model.snapshot.day) }) : t("start"));

export const isForm = (place, model) => Boolean(ROUND_FORMS[place]?.when(model)) || (place === "early" && !model.started && isAhead(model));

/**
 * @param {string} place
 * @param {string} form
 * @param {import("./round").ShownStop} stop
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 * @param {any} actions
 */
export function formPage(place, form, stop, model, stored, actions) {
  if (place === "early") return earlyPage(model);
  if (ROUND_FORMS[place]) {
    const [title, node] = ROUND_FORMS[place].show(model, stored, actions);
    return page(title, null, "#/", node);
  }
  const donor = `${stop.place}. ${stop.first_name} ${stop.family_name}`;
  const to = `#/stop/${stop.pickup}`;
  const about = { limit: model.snapshot.freezer_warmest_celsius, terms: stored.terms, boxes: model.boxes, round: model.snapshot.round };
  const pages = {
    record: () => page(t("record_title"), donor, to, recordForm(stop, model, about, stored, actions)),
    "not-done": () => page(t("not_done_title"), donor, to, notDoneForm((payload) => actions.markNotDone(stop, payload), about)),
    rebook: () => page(t("not_done_title"), donor, to, notDoneForm((payload) => actions.markNotDone(stop, payload), { ...about, rebook: true })),
    later: () => page(t("later_title"), donor, to, postponeForm(stop, model, actions)),
    reopen: () => page(t("reopen_title"), donor, to, reopenForm((reason) => actions.reopen(stop, reason))),
  };
  return pages[form]();
}

function recordForm(stop, model, about, stored, actions) {
  const form = stopForm(stop, lastRecord(stop, stored), about, (payload) => actions.collect(stop, payload));
  return noticeUsedLabels(form, usedLabels(model.stops, stop.pickup));
}

const page = (title, donor, to, form) => [
  back(t("cancel"), to),
  h("h1", { tabindex: -1 }, title),
  donor && h("p", { class: "soft" }, donor),
  form,
];

// The last record of the visit, undone or not accepted: the form starts from it.
function lastRecord(stop, stored) {
  const records = stored.events.filter((event) => event.kind === "collected" && event.pickup === stop.pickup);
  const last = records.sort(inSequence).at(-1);
  return last ? payloadOf(last) : null;
}
