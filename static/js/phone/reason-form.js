// Forms with one reason: why a visit did not take place, or why it is reopened.
import { h, message, submit } from "./dom.js";
import { checkbox, choices, text } from "./fields.js";
import { photoField } from "./photo-field.js";
import { proofLevel } from "./proofs.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

const NOT_DONE = [
  "nobody_home", "nothing_ready", "donor_unwell", "wrong_address", "access", "milk_refused",
  "freezer_too_warm", "collector_late", "vehicle_or_box", "other",
];
const UNDONE = ["mistake", "more_milk", "came_back", "other"];

// `rebook` is ticked already on the way from *Later*.
export function notDoneForm(done, { rebook: wanted = false, terms = null, round = null } = {}) {
  const photo = photoField(null, round, { label: t("photo_door"), hint: t("photo_door_hint") });
  const proof = proofOf(terms, photo);
  const reason = reasonField(t("why_not"), NOT_DONE, "reason", () => proof.show(reason.value()));
  const note = text("note", t("note_field"), { rows: 2 });
  const rebook = checkbox("rebook", t("later_rebook"), t("later_rebook_hint"), wanted);
  const office = checkbox("for_office", t("for_office"), t("for_office_hint"));
  const unreached = checkbox("phone_unreached", t("phone_unreached"), t("phone_unreached_hint"));
  const record = () => ({
    reason: reason.value(), note: note.value(), rebook: rebook.value(),
    for_office: office.value(), phone_unreached: unreached.value(),
    photo: proof.asked(reason.value()) ? photo.value() : null,
  });
  return form([reason, proof, unreached, rebook, note, office], t("not_done_go"), () => proof.passes(reason.value()) && done(record()));
}

// The photo of a closed door, as the policy of the bank asks for it: required, recommended once, optional or off.
function proofOf(terms, photo) {
  const level = proofLevel(terms, ["nobody_home"], "photo");
  const warning = h("div", { role: "status" });
  const node = h("div", { hidden: true }, photo.node, warning);
  let warned = false;
  const asked = (reason) => reason === "nobody_home" && level !== "off";

  function passes(reason) {
    const lacks = asked(reason) && !photo.value();
    const accepted = !lacks || level === "optional" || (level === "warn" && warned);
    warned = true;
    warning.replaceChildren(...(accepted ? [] : [message(level === "required" ? "danger" : "warn", h("p", {}, t("proof_missing_photo")), level === "warn" && h("p", {}, t("proof_go_on")))]));
    return accepted;
  }

  return { node, input: photo.input, asked, passes, error: () => null, show: (reason) => (node.hidden = !asked(reason)) };
}

export function reopenForm(done) {
  const reason = reasonField(t("reopen_text"), UNDONE, "undone");
  return form([reason], t("reopen_go"), () => done(reason.value()));
}

const reasonField = (legend, codes, prefix, changed = () => {}) =>
  choices(prefix, legend, codes.map((code) => [code, t(`${prefix}_${code}`)]), { missing: t("choose_reason"), changed });

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
