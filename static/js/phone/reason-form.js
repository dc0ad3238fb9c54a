// Forms with one reason: why a visit did not take place, or why it is reopened.
import { h, submit } from "./dom.js";
import { checkbox, choices, text } from "./fields.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

const NOT_DONE = [
  "nobody_home", "nothing_ready", "donor_unwell", "wrong_address", "access", "milk_refused",
  "freezer_too_warm", "collector_late", "vehicle_or_box", "other",
];
const UNDONE = ["mistake", "more_milk", "came_back", "other"];

// `rebook` is ticked already on the way from *Later*.
export function notDoneForm(done, { rebook: wanted = false } = {}) {
  const reason = reasonField(t("why_not"), NOT_DONE, "reason");
  const note = text("note", t("note_field"), { rows: 2 });
  const rebook = checkbox("rebook", t("later_rebook"), t("later_rebook_hint"), wanted);
  const office = checkbox("for_office", t("for_office"), t("for_office_hint"));
  const unreached = checkbox("phone_unreached", t("phone_unreached"), t("phone_unreached_hint"));
  const submitReason = () => done({
    reason: reason.value(), note: note.value(), rebook: rebook.value(),
    for_office: office.value(), phone_unreached: unreached.value(),
  });
  return form([reason, unreached, rebook, note, office], t("not_done_go"), submitReason);
}

export function reopenForm(done) {
  const reason = reasonField(t("reopen_text"), UNDONE, "undone");
  return form([reason], t("reopen_go"), () => done(reason.value()));
}

const reasonField = (legend, codes, prefix) =>
  choices(prefix, legend, codes.map((code) => [code, t(`${prefix}_${code}`)]), { missing: t("choose_reason") });

function form(fields, label, submitReason) {
  function onsubmit(event) {
    event.preventDefault();
    if (validate(fields)) submitReason();
  }
  return h(
    "form", { class: "record", novalidate: true, onsubmit },
    fields.map((field) => field.node),
    h("div", { class: "actions" }, submit(label)),
  );
}
