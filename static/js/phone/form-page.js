// The pages with a form: a visit's record, not done, later, reopening, boxes, hand-over, the end.
import { readForm, startForm } from "./box-form.js";
import { closeForm } from "./close-form.js";
import { back, h } from "./dom.js";
import { handOverForm } from "./hand-over-form.js";
import { incidentForm } from "./incident-form.js";
import { laterForm } from "./later-form.js";
import { notDoneForm, reopenForm } from "./reason-form.js";
import { inOrder } from "./replay.js";
import { stopForm } from "./stop-form.js";
import { t } from "./texts.js";

// The pages about the whole round, and when each makes sense.
const WHOLE = {
  "hand-over": {
    when: (model) => model.started,
    show: (model, kept, act) => [t("hand_over_title", { place: model.snapshot.end.name }), handOverForm(model, kept.terms, act.handOver)],
  },
  start: {
    when: (model) => !model.started,
    show: (model, kept, act) => [t("start"), startForm(kept.settings.boxes ?? [], kept.terms?.box_warmest_celsius ?? null, act.begin)],
  },
  box: {
    when: (model) => model.started,
    show: (model, kept, act) => [t("box_read_title"), readForm(model.boxes, kept.terms?.box_warmest_celsius ?? null, act.readBoxes)],
  },
  incident: { when: () => true, show: (model, kept, act) => [t("incident_title"), incidentForm(kept.terms, act.report)] },
  close: { when: (model) => model.started, show: (model, kept, act) => [t("close_title"), closeForm(model, kept, act.close)] },
};

export const isForm = (place, model) => Boolean(WHOLE[place]?.when(model));

export function formPage(place, form, stop, model, kept, act) {
  if (WHOLE[place]) {
    const [title, node] = WHOLE[place].show(model, kept, act);
    return page(title, null, "#/", node);
  }
  const who = `${stop.place}. ${stop.first_name} ${stop.family_name}`;
  const to = `#/stop/${stop.pickup}`;
  const about = { limit: model.snapshot.freezer_warmest_celsius, terms: kept.terms, boxes: model.boxes, round: model.snapshot.round };
  const pages = {
    record: () => page(t("record_title"), who, to, stopForm(stop, earlier(stop, kept), about, (payload) => act.collect(stop, payload))),
    "not-done": () => page(t("not_done_title"), who, to, notDoneForm((payload) => act.giveUp(stop, payload))),
    rebook: () => page(t("not_done_title"), who, to, notDoneForm((payload) => act.giveUp(stop, payload), { rebook: true })),
    later: () => page(t("later_title"), who, to, laterForm(stop, model, act)),
    reopen: () => page(t("reopen_title"), who, to, reopenForm((reason) => act.reopen(stop, reason))),
  };
  return pages[form]();
}

const page = (title, who, to, form) => [
  back(t("cancel"), to),
  h("h1", { tabindex: -1 }, title),
  who && h("p", { class: "soft" }, who),
  form,
];

// What was recorded before and taken back, or not accepted: the form starts from it.
function earlier(stop, kept) {
  const records = kept.events.filter((event) => event.kind === "collected" && event.pickup === stop.pickup);
  return records.sort(inOrder).at(-1)?.payload ?? null;
}
