// The field of a form that a refusal is about, marked with the bank's reason.
import { h } from "./dom.js";

// Names of controls by the code of a refusal, or by the field that it names.
const BY_CODE = {
  bottles_and_volume_differ: "volume", box_celsius_needed: "box", container_taken: "labels", container_twice: "labels",
  freezer_celsius_needed: "freezer", label_check_digit: "labels", label_not_safe: "labels", label_of_another_visit: "labels",
  more_labels_than_bottles: "labels", nothing_collected: "bottles", site_unknown: "site", storage_check_needed: "storage",
};
const BY_FIELD = {
  boxes: "box-code", box_celsius: "box", celsius: "box-celsius", containers: "labels", count: "refused-thawed", drawn_at: "drawn",
  empties_left: "empties", freezer_celsius: "freezer", kind: "incident", number: "tube", refused: "refused-thawed",
  storage_ok: "storage", tubes: "tube", volume_declared: "volume", volume_ml: "volume",
};

export function markRefusedField(form, { code, field, message }) {
  const name = BY_CODE[code] ?? BY_FIELD[field] ?? field;
  const control = [...form.elements].find((each) => each.name === name || each.name?.replace(/-\d+$/, "") === name);
  if (!control) return;
  for (let fold = control.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  control.setAttribute("aria-invalid", "true");
  control.closest(".field").append(h("p", { class: "wrong", role: "alert" }, message));
}
