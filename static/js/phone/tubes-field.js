// Blood tubes: an optional number, and the time of drawing, which starts the clock.
import { now, nowText } from "./device-clock.js";
import { button, h } from "./dom.js";
import { newId } from "./fields.js";
import { labelError } from "./numbers.js";
import { readSign, scanPart } from "./scan-part.js";
import { clock, t } from "./texts.js";

const DAY_MS = 24 * 3600_000;

export function tubesField(pickup, before) {
  let lines = [];
  const list = h("div", { class: "tubes" });
  const node = h("div", { class: "field" }, h("p", { class: "label" }, t("tubes")), h("p", { class: "hint" }, t("tubes_hint")), list,
    button(t("tube_add"), () => add({}), { class: "full", icon: "plus", "data-adds": "tube" }), scanPart(take));

  // A number that was read goes to the first tube without one, else to a new tube.
  function take(number) {
    if (lines.some((line) => numberIn(line) === number)) return readSign(number);
    const free = lines.find((line) => !numberIn(line));
    if (free) free.label.value = number;
    else add({ number });
    list.dispatchEvent(new Event("input", { bubbles: true }));
    return readSign(number);
  }

  function add({ number = "", drawn_at = nowText() }) {
    const [n, ids] = [lines.length + 1, [newId("tube"), newId("drawn")]];
    const label = h("input", { id: ids[0], name: "tube", type: "text", autocomplete: "off", autocapitalize: "characters", value: number });
    const time = h("input", { id: ids[1], name: "drawn", type: "text", inputmode: "numeric", autocomplete: "off", value: clock(drawn_at) });
    const line = { label, time, drawn_at: drawn_at };
    const remove = button("", () => drop(line), { icon: "cross", "aria-label": t("tube_remove", { n }), "data-removes": "tube" });
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
  const value = () => lines.map((line) => ({ number: numberIn(line), drawn_at: instantOf(line.time.value, line.drawn_at) }));

  function error() {
    if (!lines.length) return t("tube_missing");
    if (lines.some((line) => instantOf(line.time.value, line.drawn_at) === null)) return t("tube_time");
    const numbers = lines.map(numberIn).filter(Boolean);
    const twice = numbers.find((number, at) => numbers.indexOf(number) !== at);
    if (twice) return t("labels_twice", { number: twice });
    const invalid = numbers.find((number) => labelError(number, pickup, "off"));
    return invalid ? t(labelError(invalid, pickup, "off"), { number: invalid }) : null;
  }

  for (const tube of before) add(tube);
  return { node, value, error };
}

// Returns the last instant at which the bank's wall clock read `given`, or null if it is no time.
export function instantOf(given, drawn_at) {
  const found = /^(\d{1,2})\D?(\d{2})$/.exec(given.trim());
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  const wanted = Number(found[1]) * 60 + Number(found[2]);
  const [hour, minute] = clock(drawn_at).split(":").map(Number);
  const moved = Date.parse(drawn_at) + (wanted - hour * 60 - minute) * 60_000;
  return new Date(moved > now() + 60_000 ? moved - DAY_MS : moved).toISOString();
}
