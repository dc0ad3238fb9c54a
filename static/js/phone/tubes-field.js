// Blood tubes: a number if there is one, and the time drawn, which starts the clock.
import { button, h } from "./dom.js";
import { newId } from "./fields.js";
import { wrongLabel } from "./numbers.js";
import { clock, t } from "./texts.js";

const DAY = 24 * 3600_000;

export function tubesField(pickup, before) {
  let lines = [];
  const list = h("div", { class: "tubes" });
  const node = h("div", { class: "field" }, h("p", { class: "label" }, t("tubes")), h("p", { class: "hint" }, t("tubes_hint")), list,
    button(t("tube_add"), () => add({}), { class: "full", icon: "plus" }));

  function add({ number = "", drawn_at = new Date().toISOString() }) {
    const [n, ids] = [lines.length + 1, [newId("tube"), newId("drawn")]];
    const label = h("input", { id: ids[0], name: "tube", type: "text", autocomplete: "off", autocapitalize: "characters", value: number });
    const time = h("input", { id: ids[1], name: "drawn", type: "text", inputmode: "numeric", autocomplete: "off", value: clock(drawn_at) });
    const line = { label, time, was: drawn_at };
    const remove = button("", () => drop(line), { icon: "cross", "aria-label": t("tube_remove", { n }) });
    line.node = h("div", { class: "tube" },
      h("div", {}, h("label", { for: ids[0] }, t("tube_number", { n })), label),
      h("div", {}, h("label", { for: ids[1] }, t("tube_drawn", { n })), time), remove);
    lines.push(line);
    list.append(line.node);
  }

  function drop(line) {
    lines = lines.filter((each) => each !== line);
    line.node.remove();
  }

  const numberIn = (line) => line.label.value.trim().toUpperCase();
  const value = () => lines.map((line) => ({ number: numberIn(line), drawn_at: instantOf(line.time.value, line.was) }));

  function mistake() {
    if (!lines.length) return t("tube_missing");
    if (lines.some((line) => instantOf(line.time.value, line.was) === null)) return t("tube_time");
    const numbers = lines.map(numberIn).filter(Boolean);
    const twice = numbers.find((number, at) => numbers.indexOf(number) !== at);
    if (twice) return t("labels_twice", { number: twice });
    const bad = numbers.find((number) => wrongLabel(number, pickup, "off"));
    return bad ? t(wrongLabel(bad, pickup, "off"), { number: bad }) : null;
  }

  for (const tube of before) add(tube);
  return { node, value, mistake };
}

// The bank's wall clock of the moment before now that reads so; nobody draws blood in the future.
export function instantOf(given, was) {
  const found = /^(\d{1,2})\D?(\d{2})$/.exec(given.trim());
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  const wanted = Number(found[1]) * 60 + Number(found[2]);
  const [hour, minute] = clock(was).split(":").map(Number);
  const moved = Date.parse(was) + (wanted - hour * 60 - minute) * 60_000;
  return new Date(moved > Date.now() + 60_000 ? moved - DAY : moved).toISOString();
}
