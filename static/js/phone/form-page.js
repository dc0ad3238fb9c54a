// The pages with a form: the record of a visit, not done, reopening, the hand-over.
import { h, link } from "./dom.js";
import { handOverForm } from "./hand-over-form.js";
import { notDoneForm, reopenForm } from "./reason-form.js";
import { inOrder } from "./replay.js";
import { stopForm } from "./stop-form.js";
import { t } from "./texts.js";

export function formPage(place, form, stop, model, kept, act) {
  if (place === "hand-over") {
    const title = t("hand_over_title", { place: model.snapshot.end.name });
    return page(title, null, "#/", handOverForm(model, act.handOver));
  }
  const who = `${stop.place}. ${stop.first_name} ${stop.family_name}`;
  const back = `#/stop/${stop.pickup}`;
  const pages = {
    record: () => page(t("record_title"), who, back, stopForm(stop, earlier(stop, kept), model.snapshot.freezer_warmest_celsius, (payload) => act.collect(stop, payload))),
    "not-done": () => page(t("not_done_title"), who, back, notDoneForm((payload) => act.giveUp(stop, payload))),
    reopen: () => page(t("reopen_title"), who, back, reopenForm((reason) => act.reopen(stop, reason))),
  };
  return pages[form]();
}

const page = (title, who, back, form) => [
  link(`‹ ${t("cancel")}`, back, { class: "quiet back" }),
  h("h1", { tabindex: -1 }, title),
  who && h("p", { class: "soft" }, who),
  form,
];

// What was recorded before and taken back, or not accepted: the form starts from it.
function earlier(stop, kept) {
  const records = kept.events.filter((event) => event.kind === "collected" && event.pickup === stop.pickup);
  return records.sort(inOrder).at(-1)?.payload ?? null;
}
