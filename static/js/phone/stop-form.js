// The record of one visit: a checklist by what it was for, then what was taken and what was not.
import { checkField } from "./check-field.js";
import { h, submit } from "./dom.js";
import { judge, stepper, text } from "./fields.js";
import { isForMilk, milkFields } from "./milk-fields.js";
import { photoField } from "./photo-field.js";
import { proofGate } from "./proof-gate.js";
import { MILK, insisted } from "./proofs.js";
import { t } from "./texts.js";

// `before` is an earlier record of this visit that is being corrected, or null.
export function stopForm(stop, before, about, done) {
  const checks = stop.purposes.filter((purpose) => !MILK.includes(purpose)).map((purpose) => checkField(purpose, stop, before));
  const milk = milkFields(stop, before, about, () => checks.some((check) => check.done()));
  const empties = stepper("empties", t("empties"), { value: before?.empties_left ?? stop.empties_wanted, most: 500 });
  const photo = photoField(before?.photo ?? null, about.round);
  const note = text("note", t("note_field"), { rows: 2, value: before?.note ?? "" });
  const proofs = proofGate(stop.purposes, about.terms);

  const record = () => ({
    ...milk.record(), ...checked(checks),
    empties_left: empties.value(), photo: photo.value(), note: note.value(),
  });

  function say(event) {
    event.preventDefault();
    if (!judge([...checks, ...milk.fields, empties])) return;
    const given = record();
    if (proofs.passes(given)) done(given);
  }

  const wantsPhoto = insisted(about.terms, stop.purposes, "photo") !== "off";
  return h(
    "form", { class: "record", novalidate: true, onsubmit: say },
    checks.length > 0 && h("h2", {}, t("checklist")), checks.map((check) => check.node),
    ofMilk(stop, before, milk), empties.node, wantsPhoto && photo.node, note.node, proofs.node,
    h("div", { class: "actions" }, submit(t("done"))),
  );
}

const checked = (checks) => ({
  checks: Object.fromEntries(checks.map((check) => [check.purpose, check.done()])),
  tubes: checks.flatMap((check) => check.tubes()),
  pump: checks.map((check) => check.pump()).find(Boolean) ?? "",
});

// Where nobody came for milk, its part is folded: there may be some all the same.
function ofMilk(stop, before, milk) {
  if (isForMilk(stop) || stop.bottles > 0) return milk.nodes;
  return h("details", { class: "fold", open: Boolean(before?.bottles) }, h("summary", {}, t("purpose_collection")), milk.nodes);
}
