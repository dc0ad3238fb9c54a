// The parts of the phone's forms. Each has a `node`, a `value()` and a `mistake()`: null, or words.
import { h } from "./dom.js";
import { t } from "./texts.js";

let ids = 0;
export const newId = (name) => `${name}-${++ids}`;

export function stepper(name, label, { value = 0, most = 200, hint = "", changed = () => {} } = {}) {
  const id = newId(name);
  const attributes = { id, name, type: "text", inputmode: "numeric", autocomplete: "off", value, "aria-describedby": `${id}-hint` };
  const input = h("input", { ...attributes, onfocus: () => input.select(), oninput: () => changed() });
  const now = () => Math.trunc(Number(input.value)) || 0;
  const step = (by) => () => {
    input.value = Math.min(most, Math.max(0, now() + by));
    changed();
  };
  const key = (text, sign, by) =>
    h("button", { type: "button", class: "button step", "aria-label": t(text, { label }), onclick: step(by) }, sign);
  const node = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("div", { class: "stepper" }, key("less", "−", -1), input, key("more", "+", 1)),
  );
  const mistake = () => (/^\d+$/.test(input.value.trim()) && now() <= most ? null : t("wrong"));
  return { node, input, value: now, mistake };
}

export function choices(name, legend, options, { hint = "", chosen = null, missing = "", changed = () => {} } = {}) {
  const id = newId(name);
  const radio = ([value, text]) =>
    h(
      "label",
      { class: "choice big" },
      h("input", { type: "radio", name: id, value, checked: value === chosen, onchange: () => changed(value) }),
      h("span", {}, text),
    );
  const node = h(
    "fieldset",
    { class: "field" },
    h("legend", {}, legend),
    hint && h("p", { class: "hint" }, hint),
    h("div", { class: "choices" }, options.map(radio)),
  );
  const input = node.querySelector("input");
  const value = () => node.querySelector("input:checked")?.value ?? null;
  return { node, input, value, mistake: () => (value() === null ? missing : null) };
}

export function text(name, label, { value = "", hint = "", rows = 0, inputmode, check = () => null } = {}) {
  const id = newId(name);
  const attributes = { id, name, inputmode, autocomplete: "off", "aria-describedby": `${id}-hint` };
  const input = rows ? h("textarea", { ...attributes, rows }) : h("input", { ...attributes, type: "text" });
  input.value = value;
  const node = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    h("p", { class: "hint", id: `${id}-hint` }, hint),
    input,
  );
  return { node, input, value: () => input.value.trim(), mistake: () => check(input.value.trim()) };
}

// Shows each field's mistake beneath it and moves to the first; returns whether all is well.
export function judge(fields) {
  const wrong = fields.filter((field) => mark(field, field.mistake()));
  wrong[0]?.input.focus();
  return wrong.length === 0;
}

// What was marked stays so until it is corrected.
function mark(field, mistake) {
  const { node, input } = field;
  node.querySelector(":scope > .wrong")?.remove();
  input.removeAttribute("aria-invalid");
  if (!mistake) return false;
  input.setAttribute("aria-invalid", "true");
  node.append(h("p", { class: "wrong", role: "alert" }, mistake));
  const again = () => mark(field, field.mistake());
  for (const event of ["input", "change", "click"]) node.addEventListener(event, again, { once: true });
  return true;
}
