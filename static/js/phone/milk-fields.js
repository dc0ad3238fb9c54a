// The milk fields of a record: storage at home, bottles and volume taken, bottles refused.
import { celsiusField } from "./celsius-field.js";
import { choices, stepper, text } from "./fields.js";
import { labelsField } from "./labels-field.js";
import { MILK, proofLevel } from "./proofs.js";
import { refusedBottlesField } from "./refused-bottles-field.js";
import { counted, litres, t } from "./texts.js";

const MOST_VOLUME = 60_000;

export const isForMilk = (stop) => stop.purposes.some((purpose) => MILK.includes(purpose));

// `otherwise()` tells whether the visit had another purpose as well, and that was done.
export function milkFields(stop, before, { limit, terms, boxes }, otherwise) {
  const milk = isForMilk(stop);
  const storage = storageField(before?.storage_ok);
  const freezer = celsiusField("freezer", t("freezer"), { value: before?.freezer_celsius ?? null, limit });
  const bottles = bottlesField(stop, before, milk);
  const volume = volumeField(stop, before, bottles);
  const labels = labelsField(stop, before?.containers ?? [], terms, () => bottles.value());
  const box = boxField(boxes, before?.box);
  const seal = text("seal", t("seal"), { value: before?.seal ?? "" });
  const refused = refusedBottlesField(before?.refused);

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
      bottles: bottles.value(), volume_ml: Number(volume.value() || 0),
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

const bottlesField = (stop, before, milk) =>
  stepper("bottles", t("count"), {
    value: before?.bottles ?? (milk ? stop.bottles : 0),
    hint: stop.bottles ? t("said_by_donor", { figure: counted("bottles", stop.bottles) }) : "",
  });

const volumeField = (stop, before, bottles) =>
  text("volume", t("volume"), {
    value: before?.volume_ml || "", inputmode: "numeric",
    hint: stop.volume_ml ? t("said_by_donor", { figure: litres(stop.volume_ml) }) : "",
    check: (given) => volumeError(given, bottles.value()),
  });

function volumeError(given, bottles) {
  if (given === "" && bottles === 0) return null;
  if (!/^\d+$/.test(given) || Number(given) > MOST_VOLUME) return t("volume_missing");
  if (Number(given) === 0) return bottles ? t("volume_missing") : null;
  return bottles ? null : t("volume_without_bottles");
}

// A single box needs no question.
function boxField(boxes, before) {
  if (boxes.length === 0) return null;
  if (boxes.length === 1) return { value: () => boxes[0], node: null };
  return choices("which-box", t("box_which"), boxes.map((box) => [box, box]), { chosen: before || boxes.at(-1) });
}
