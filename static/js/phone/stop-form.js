// The record of one visit: a checklist by what it was for, then what was taken and what was not.
import { celsiusField } from "./celsius-field.js";
import { checkField } from "./check-field.js";
import { h, message, submit } from "./dom.js";
import { choices, judge, stepper, text } from "./fields.js";
import { labelsField } from "./labels-field.js";
import { photoField } from "./photo-field.js";
import { insisted, lacking } from "./proofs.js";
import { refusedField } from "./refused-field.js";
import { counted, litres, t } from "./texts.js";

const MILK = ["collection", "ward"];
const MOST_VOLUME = 60_000;

// `before` is an earlier record of this visit that is being corrected, or null.
export function stopForm(stop, before, { limit, terms, boxes, round }, done) {
  const milk = stop.purposes.some((purpose) => MILK.includes(purpose));
  const checks = stop.purposes.filter((purpose) => !MILK.includes(purpose)).map((purpose) => checkField(purpose, stop, before));
  const otherwise = () => checks.some((check) => check.done());
  const seen = () => bottles.value() > 0 || refused.value().length > 0 || (milk && !otherwise());
  const storage = choices(
    "storage", t("storage"), [["right", t("storage_right")], ["wrong", t("storage_wrong")]],
    { hint: t("storage_hint"), chosen: chosen(before?.storage_ok), missing: t("storage_missing") },
  );
  const freezer = celsiusField("freezer", t("freezer"), { value: before?.freezer_celsius ?? null, limit });
  const bottles = stepper("bottles", t("count"), {
    value: before?.bottles ?? (milk ? stop.bottles : 0),
    hint: stop.bottles ? t("said_by_donor", { figure: counted("bottles", stop.bottles) }) : "",
  });
  const volume = text("volume", t("volume"), {
    value: before?.volume_ml || "", inputmode: "numeric",
    hint: stop.volume_ml ? t("said_by_donor", { figure: litres(stop.volume_ml) }) : "",
    check: (given) => wrongVolume(given, bottles.value()),
  });
  const labels = labelsField(stop, before?.containers ?? [], terms, () => bottles.value());
  const refused = refusedField(before?.refused);
  const empties = stepper("empties", t("empties"), { value: before?.empties_left ?? stop.empties_wanted, most: 500 });
  const box = boxField(boxes, before?.box);
  const seal = text("seal", t("seal"), { value: before?.seal ?? "" });
  const photo = photoField(before?.photo ?? null, round);
  const note = text("note", t("note_field"), { rows: 2, value: before?.note ?? "" });
  const where = (field) => ({ ...field, mistake: () => (seen() || field.value() !== null ? field.mistake() : null) });
  const nothing = () => (milk && !bottles.value() && !refused.value().length && !otherwise() ? t("nothing") : null);
  const fields = [
    ...checks, where(storage), where(freezer), { ...bottles, mistake: () => bottles.mistake() ?? nothing() },
    volume, labels, refused, empties,
  ];
  const wants = (what) => insisted(terms, stop.purposes, what) !== "off";
  const warning = h("div", { role: "status" });
  let warned = false;

  const record = () => ({
    bottles: bottles.value(), volume_ml: Number(volume.value() || 0),
    freezer_celsius: freezer.value(), storage_ok: storage.value() && storage.value() === "right",
    containers: labels.value(), refused: refused.value(), empties_left: empties.value(), note: note.value(),
    box: box?.value() ?? "", seal: seal.value(), photo: photo.value(),
    checks: Object.fromEntries(checks.map((check) => [check.purpose, check.done()])),
    tubes: checks.flatMap((check) => check.tubes()),
    pump: checks.map((check) => check.pump()).find(Boolean) ?? "",
  });

  // What the bank requires holds the record back; what it asks for is said once.
  function proven(given) {
    const found = lacking(given, stop.purposes, terms);
    const words = [...new Set(found.map(({ what, missing }) => t(`proof_missing_${what}`, { missing })))];
    const must = found.some(({ level }) => level === "required");
    const go = !found.length || (warned && !must);
    warned = true;
    warning.replaceChildren(...(go ? [] : [message(must ? "danger" : "warn", words.map((each) => h("p", {}, each)), !must && h("p", {}, t("proof_go_on")))]));
    return go;
  }

  function say(event) {
    event.preventDefault();
    if (!judge(fields)) return;
    const given = record();
    if (proven(given)) done(given);
  }

  const offered = milk || stop.bottles > 0;
  const parts = [storage.node, freezer.node, bottles.node, volume.node, labels.node, box?.node, wants("seal") && seal.node, refused.node];
  const ofMilk = offered ? parts : [h("details", { class: "fold", open: Boolean(before?.bottles) }, h("summary", {}, t("purpose_collection")), parts)];
  return h(
    "form", { class: "record", novalidate: true, onsubmit: say },
    checks.length > 0 && h("h2", {}, t("checklist")), checks.map((check) => check.node),
    ofMilk, empties.node, wants("photo") && photo.node, note.node, warning,
    h("div", { class: "actions" }, submit(t("done"))),
  );
}

// One box needs no question.
function boxField(boxes, before) {
  if (boxes.length === 0) return null;
  if (boxes.length === 1) return { value: () => boxes[0], node: null };
  return choices("which-box", t("box_which"), boxes.map((box) => [box, box]), { chosen: before || boxes.at(-1) });
}

const chosen = (ok) => (ok === true ? "right" : ok === false ? "wrong" : null);

function wrongVolume(given, bottles) {
  if (given === "" && bottles === 0) return null;
  if (!/^\d+$/.test(given) || Number(given) > MOST_VOLUME) return t("volume_missing");
  if (Number(given) === 0) return bottles ? t("volume_missing") : null;
  return bottles ? null : t("volume_without_bottles");
}
