// The milk fields of a record: storage at home, bottles and volume taken, bottles refused.
import { celsiusField } from "./celsius-field.js";
import { countField } from "./count-field.js";
import { choices, text } from "./fields.js";
import { labelsField } from "./labels-field.js";
import { MILK, proofLevel } from "./proofs.js";
import { refusedBottlesField } from "./refused-bottles-field.js";
import { t } from "./texts.js";
import { volumeField } from "./volume-field.js";

export const isForMilk = (stop) => stop.purposes.some((purpose) => MILK.includes(purpose));

// `otherwise()` tells whether the visit had another purpose as well, and that was done.
export function milkFields(stop, before, { limit, terms, boxes }, otherwise) {
  const milk = isForMilk(stop);
  const storage = storageField(before?.storage_ok);
  const freezer = celsiusField("freezer", t("freezer"), { value: before?.freezer_celsius ?? null, limit });
  const bottles = countField(stop, before, milk, () => volume.follow());
  const volume = volumeField(stop, before, () => bottles.value());
  const labels = labelsField(stop, before?.containers ?? [], terms, bottles);
  const box = boxField(boxes, before?.box);
  const seal = text("seal", t("seal"), { value: before?.seal ?? "" });
  const refused = refusedBottlesField(before?.refused);

  goOn(storage, freezer);

  const hasBottles = () => bottles.value() > 0 || refused.value().length > 0;
  const judgesStorage = () => hasBottles() || (milk && !otherwise());
  const emptyError = () => (milk && !hasBottles() && !otherwise() ? t("nothing") : null);
  // With milk at the door, its storage is judged; without any, the question is left out.
  const ifMilk = (field) => ({ ...field, error: () => (judgesStorage() || field.value() !== null ? field.error() : null) });
  const asksSeal = proofLevel(terms, stop.purposes, "seal") !== "off";
  return {
    nodes: [storage.node, freezer.node, bottles.node, volume.node, labels.node, box?.node, asksSeal && seal.node, refused.node],
    fields: [ifMilk(storage), ifMilk(freezer), { ...bottles, error: () => bottles.error() ?? emptyError() }, volume, labels, refused],
    record: () => ({
      bottles: bottles.value(), volume_ml: Number(volume.value() || 0), volume_declared: volume.declared(),
      freezer_celsius: freezer.value(), storage_ok: storage.value() && storage.value() === "right",
      containers: labels.value(), refused: refused.value(), box: box?.value() ?? "", seal: seal.value(),
    }),
  };
}

function storageField(ok) {
  const chosen = ok === true ? "right" : ok === false ? "wrong" : null;
  return choices("storage", t("storage"), [["right", t("storage_right")], ["wrong", t("storage_wrong")]],
    { hint: t("storage_hint"), chosen, missing: t("storage_missing") });
}

// A finger that says "kept well" goes on to the temperature, whose keypad opens empty; arrow keys do not.
function goOn(storage, freezer) {
  let touched = false;
  storage.node.addEventListener("pointerdown", () => (touched = true));
  storage.node.addEventListener("keydown", () => (touched = false));
  storage.node.addEventListener("change", () => touched && storage.value() === "right" && freezer.value() === null && freezer.input.focus());
}

// A single box needs no question.
function boxField(boxes, before) {
  if (boxes.length === 0) return null;
  if (boxes.length === 1) return { value: () => boxes[0], node: null };
  return choices("which-box", t("box_which"), boxes.map((box) => [box, box]), { chosen: before || boxes.at(-1) });
}
