// A temperature: degrees and which side of zero, because phone keypads have no minus sign.
import { h } from "./dom.js";
import { newId } from "./fields.js";
import { t } from "./texts.js";

const COLDEST = -90;
const WARMEST = 30;

export function readCelsius(text, below) {
  const degrees = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(degrees)) return null;
  return degrees < 0 ? degrees : below ? -degrees + 0 : degrees;
}

export function celsiusField(name, label, { value = null, limit = null, warm: warning = "celsius_warm" } = {}) {
  const id = newId(name);
  const input = h("input", {
    id, name, type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": `${id}-warm`,
    value: value === null ? "" : Math.abs(value), oninput: () => tell(),
  });
  const side = (below, text) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: `${id}-side`, value: below ? "below" : "above", checked: below === (value === null || value < 0), onchange: () => tell() }),
      h("span", {}, text),
    );
  const sides = h("div", { class: "sides", role: "radiogroup", "aria-label": t("sign") },
    side(true, `− ${t("below")}`), side(false, `+ ${t("above")}`));
  const warm = h("div", { id: `${id}-warm`, role: "status" });
  const read = () => readCelsius(input.value, sides.querySelector("input:checked").value === "below");

  function tell() {
    const found = read();
    const over = limit !== null && found !== null && found > limit;
    const words = t(warning, { limit: String(limit).replace("-", "−") });
    warm.replaceChildren(over ? h("div", { class: "message warn" }, h("p", {}, words)) : "");
  }

  function mistake() {
    const found = read();
    if (found === null) return t("celsius_missing");
    return found < COLDEST || found > WARMEST ? t("celsius_range") : null;
  }

  tell();
  const unit = h("span", { class: "unit", "aria-hidden": true }, "°C");
  const node = h("div", { class: "field" }, h("label", { for: id }, label),
    h("div", { class: "celsius" }, sides, input, unit), warm);
  return { node, input, value: read, mistake };
}
