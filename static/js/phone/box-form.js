// Boxes: how cold each is when the round begins, and whenever somebody reads one.
import { celsiusField } from "./celsius-field.js";
import { button, h, submit } from "./dom.js";
import { judge, text } from "./fields.js";
import { t } from "./texts.js";

const CODE = /^[A-Z0-9][A-Z0-9-]{0,11}$/;

// Each box has its code and its degrees; a box that was begun and left empty is not there.
export function boxLines(codes, limit) {
  const list = h("div", {});
  const lines = [];
  function add(code = "") {
    const name = text("box-code", t("box_code"), { value: code, check: (given) => (CODE.test(given.toUpperCase()) ? null : t("box_code_wrong")) });
    const degrees = celsiusField("box-celsius", t("box"), { limit, warm: "box_warm" });
    const begun = () => name.value() !== "" || degrees.value() !== null;
    lines.push({ name, degrees, begun });
    list.append(h("div", { class: "card box-line" }, name.node, degrees.node));
  }
  for (const code of codes.length ? codes : [""]) add(code);
  const begunLines = () => lines.filter((line) => line.begun());
  const both = ({ name, degrees }) => [name, degrees];
  return {
    node: h("div", {}, list, button(t("box_add"), () => add(), { class: "full", icon: "plus" })),
    fields: () => begunLines().flatMap(both),
    everyField: () => lines.flatMap(both),
    value: () => begunLines().map(({ name, degrees }) => ({ box: name.value().toUpperCase(), celsius: degrees.value() })),
  };
}

export function startForm(codes, limit, done) {
  const boxes = boxLines(codes, limit);
  const parts = [h("h2", {}, t("boxes_title")), h("p", { class: "soft" }, t("boxes_hint")), boxes.node];
  return form(parts, t("start"), "start-go", () => judge(boxes.fields()) && done({ boxes: boxes.value() }));
}

export function readForm(codes, limit, done) {
  const boxes = boxLines(codes.slice(0, 1), limit);
  const say = () => judge(boxes.fields().length ? boxes.fields() : boxes.everyField()) && done(boxes.value());
  return form([boxes.node], t("box_read_go"), "box-read", say);
}

function form(parts, label, id, say) {
  function tell(event) {
    event.preventDefault();
    say();
  }
  return h("form", { class: "record", novalidate: true, onsubmit: tell }, parts,
    h("div", { class: "actions" }, submit(label, { id })));
}
