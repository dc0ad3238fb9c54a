// The bottles of one visit at the hand-over: ticked at once, or one by one if some are missing.
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

export function bottleGroup({ pickup, numbers }, stops, changed) {
  const stop = stops.find((each) => each.pickup === pickup);
  const count = h("span", { class: "group-count" });
  const node = h(
    "fieldset", { class: "card bottles" },
    h("legend", {}, stop ? `${stop.place}. ${stop.first_name} ${stop.family_name}` : String(pickup)),
    button(t("all_of_them", { n: numbers.length }), tickAll, { icon: "check", class: "full" }),
    h("details", { class: "one-by-one" }, h("summary", {}, t("one_by_one"), count), h("div", { class: "bottle-list" }, numbers.map(bottle))),
  );
  const taken = () => [...node.querySelectorAll("input:checked")].map((each) => each.value);

  function tickAll() {
    for (const box of node.querySelectorAll("input")) box.checked = true;
    changed();
  }

  // If only some are out, the difference is red.
  function drawCount() {
    const out = taken().length;
    const all = out === numbers.length;
    count.replaceChildren(all ? icon("check") : out > 0 ? icon("cross") : "", `${out}/${numbers.length}`);
    count.classList.toggle("missing", out > 0 && !all);
    node.classList.toggle("complete", all);
  }

  // Ticks one bottle and tells whether it belongs to this visit.
  function tick(number) {
    const box = [...node.querySelectorAll("input")].find((each) => each.value === number);
    if (box) box.checked = true;
    return Boolean(box);
  }

  return { place: stop?.place ?? Infinity, node, taken, drawCount, tick, tickAll };
}

const bottle = (number) =>
  h("label", { class: "bottle" }, h("input", { type: "checkbox", name: "container", value: number, "aria-label": t("bottle", { number }) }), h("span", {}, number));
