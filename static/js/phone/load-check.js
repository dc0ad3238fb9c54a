// The check of the load before the start: one box to tick for each kind of thing to bring along.
import { h, message } from "./dom.js";
import { icon } from "./icons.js";
import { counted, t } from "./texts.js";

const BY_KIT = { labels: "load_labels", pump_parts: "load_pump_parts" };
const BY_PURPOSE = { blood_sample: "load_blood", first_interview: "load_interview", material_drop: "load_material" };

// `lacking()` names what was not ticked; `passes()` warns of it once.
export function loadCheck(stops) {
  const items = itemsOf(stops);
  const warning = h("div", { role: "status" });
  let warned = false;
  const lacking = () => items.filter(({ input }) => !input.checked).map(({ item }) => item);

  function passes() {
    const missing = items.filter(({ input }) => !input.checked);
    const accepted = !missing.length || warned;
    warned = true;
    warning.replaceChildren(accepted ? "" : message("warn", missing.map(({ words }) => h("p", {}, t("load_lacking", { what: words }))), h("p", {}, t("load_go_on"))));
    return accepted;
  }

  const node = items.length > 0 && h("section", {},
    h("h2", {}, icon("box"), " ", t("load_title")), h("p", { class: "soft" }, t("load_hint")),
    h("div", { class: "choices" }, items.map(({ input, words }) => h("label", { class: "choice big" }, input, h("span", {}, words)))), warning);
  return { node, lacking, passes };
}

function itemsOf(stops) {
  const empties = stops.reduce((total, stop) => total + stop.empties_wanted, 0);
  const ofPurpose = Object.entries(BY_PURPOSE).map(([purpose, words]) => ({ item: purpose, words, n: stops.filter((stop) => stop.purposes.includes(purpose)).length }));
  const ofKit = Object.entries(BY_KIT).map(([kit, words]) => ({ item: kit, words, n: stops.filter((stop) => stop.kit_wanted?.includes(kit)).length }));
  return [{ item: "empties", words: "empties", n: empties }, ...ofKit, ...ofPurpose]
    .filter(({ n }) => n > 0)
    .map(({ item, words, n }) => ({ item, words: counted(words, n), input: h("input", { type: "checkbox", name: "load", value: item }) }));
}
