// A temperature field: degrees and the side of zero, because phone keypads have no minus sign.
import { h } from "./dom.js";
import { newId } from "./fields.js";
import { t } from "./texts.js";

const COLDEST = -90;
const WARMEST = 30;
const DEGREES = /^(?<minus>[-\u2212])?(?<figure>\d+(?:[.,]\d*)?)$/;

// Returns degrees, or null if the text is no figure. A minus that was typed counts on either side.
export function readCelsius(text, below) {
  const found = DEGREES.exec(text.trim());
  if (!found) return null;
  const degrees = Number(found.groups.figure.replace(",", "."));
  return (found.groups.minus || below) && degrees ? -degrees : degrees;
}

export function celsiusField(name, label, { value = null, limit = null, warm: warning = "celsius_warm" } = {}) {
  const id = newId(name);
  const input = h("input", {
    id, name, type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": `${id}-warm`,
    value: value === null ? "" : Math.abs(value), oninput: () => drawWarning(),
  });
  const side = (below, text) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: `${id}-side`, value: below ? "below" : "above", checked: below === (value === null || value < 0), onchange: () => drawWarning() }),
      h("span", {}, text),
    );
  const sides = h("div", { class: "sides", role: "radiogroup", "aria-label": t("sign") },
    side(true, `− ${t("below")}`), side(false, `+ ${t("above")}`));
  const warm = h("div", { id: `${id}-warm`, role: "status" });
  const read = () => readCelsius(input.value, sides.querySelector("input:checked").value === "below");

  function drawWarning() {
    const degrees = read();
    const over = limit !== null && degrees !== null && degrees > limit;
    const words = t(warning, { limit: String(limit).replace("-", "−") });
    warm.replaceChildren(over ? h("div", { class: "message warn" }, h("p", {}, words)) : "");
  }

  function error() {
    const degrees = read();
    if (degrees === null) return t("celsius_missing");
    return degrees < COLDEST || degrees > WARMEST ? t("celsius_range") : null;
  }

  drawWarning();
  const unit = h("span", { class: "unit", "aria-hidden": true }, "°C");
  const node = h("div", { class: "field" }, h("label", { for: id }, label),
    h("div", { class: "celsius" }, sides, input, unit), warm);
  return { node, input, value: read, error };
}
