// The record of a visit: a checklist by purpose, then milk, empties, photo, note and proofs.
import { checkField } from "./check-field.js";
import { h, message, submit } from "./dom.js";
import { checkbox, stepper, text } from "./fields.js";
import { isForMilk, milkFields } from "./milk-fields.js";
import { photoField } from "./photo-field.js";
import { proofCheck } from "./proof-check.js";
import { MILK, proofLevel } from "./proofs.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

// `before` is an earlier record of this visit that is being corrected, or null.
export function stopForm(stop, before, about, done) {
  const checks = stop.purposes.filter((purpose) => !MILK.includes(purpose)).map((purpose) => checkField(purpose, stop, before));
  const milk = milkFields(stop, before, about, () => checks.some((check) => check.done()));
  const empties = stepper("empties", t("empties"), { value: before?.empties_left ?? stop.empties_wanted, most: 500 });
  const photo = photoField(before?.photo ?? null, about.round);
  const note = text("note", t("note_field"), { rows: 2, value: before?.note ?? "" });
  const office = checkbox("for_office", t("for_office"), t("for_office_hint"), before?.for_office);
  const proofs = proofCheck(stop.purposes, about.terms);

  const record = () => ({
    ...milk.record(), ...checkRecord(checks),
    empties_left: empties.value(), photo: photo.value(), note: note.value(), for_office: office.value(),
  });

  function onsubmit(event) {
    event.preventDefault();
    if (!validate([...checks, ...milk.fields, empties])) return;
    const payload = record();
    if (proofs.passes(payload)) done(payload);
  }

  const asksPhoto = proofLevel(about.terms, stop.purposes, "photo") !== "off";
  return h(
    "form", { class: "record", novalidate: true, onsubmit },
    stop.line === "own_child" && message("info", h("p", {}, h("b", {}, t("flag_own_child")), " ", t("own_child_hint"))),
    checks.length > 0 && h("h2", {}, t("checklist")), checks.map((check) => check.node),
    milkPart(stop, before, milk), empties.node, asksPhoto && photo.node, note.node, office.node, proofs.node,
    h("div", { class: "actions at-hand stacked" }, submit(t("done"))),
  );
}

const checkRecord = (checks) => ({
  checks: Object.fromEntries(checks.map((check) => [check.purpose, check.done()])),
  tubes: checks.flatMap((check) => check.tubes()),
  pump: checks.map((check) => check.pump()).find(Boolean) ?? "",
});

// On a visit without milk its part is folded: there may be some all the same.
function milkPart(stop, before, milk) {
  if (isForMilk(stop) || stop.bottles > 0) return milk.nodes;
  return h("details", { class: "fold", open: Boolean(before?.bottles) }, h("summary", {}, t("purpose_collection")), milk.nodes);
}
