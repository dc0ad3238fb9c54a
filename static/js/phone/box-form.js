// The temperatures of the boxes, at the start of the round and on the road.
import { celsiusField } from "./celsius-field.js";
import { button, h, submit } from "./dom.js";
import { text } from "./fields.js";
import { loadCheck } from "./load-check.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

const CODE = /^[A-Z0-9][A-Z0-9-]{0,11}$/;

// Each line has a box code and its degrees; an empty line is left out.
export function boxLines(codes, limit) {
  const list = h("div", {});
  const lines = [];
  function add(code = "") {
    const name = text("box-code", t("box_code"), { value: code, check: (given) => (CODE.test(given.toUpperCase()) ? null : t("box_code_wrong")) });
    const degrees = celsiusField("box-celsius", t("box"), { limit, warm: "box_warm" });
    const isFilled = () => name.value() !== "" || degrees.value() !== null;
    lines.push({ name, degrees, isFilled });
    list.append(h("div", { class: "card box-line" }, name.node, degrees.node));
  }
  for (const code of codes.length ? codes : [""]) add(code);
  const filledLines = () => lines.filter((line) => line.isFilled());
  const both = ({ name, degrees }) => [name, degrees];
  return {
    node: h("div", {}, list, button(t("box_add"), () => add(), { class: "full", icon: "plus", "data-adds": "box-code" })),
    fields: () => filledLines().flatMap(both),
    everyField: () => lines.flatMap(both),
    value: () => filledLines().map(({ name, degrees }) => ({ box: name.value().toUpperCase(), celsius: degrees.value() })),
  };
}

export function startForm(stops, limit, done) {
  const boxes = boxLines([], limit);
  const load = loadCheck(stops);
  const parts = [h("h2", {}, t("boxes_title")), h("p", { class: "soft" }, t("boxes_hint")), boxes.node, load.node];
  const begin = () => validate(boxes.fields()) && load.passes() && done({ boxes: boxes.value(), lacking: load.lacking() });
  return form(parts, t("start"), "start-go", begin);
}

export function boxReadingForm(codes, limit, done) {
  const boxes = boxLines(codes.slice(0, 1), limit);
  const submitLines = () => validate(boxes.fields().length ? boxes.fields() : boxes.everyField()) && done(boxes.value());
  return form([boxes.node], t("box_read_go"), "box-read", submitLines);
}

function form(parts, label, id, submitLines) {
  function onsubmit(event) {
    event.preventDefault();
    submitLines();
  }
  return h("form", { class: "record", novalidate: true, onsubmit }, parts,
    h("div", { class: "actions" }, submit(label, { id })));
}
