// Form fields of the phone. Each has a `node`, an `input`, a `value()` and an `error()`: null, or words.
import { h } from "./dom.js";
import { t } from "./texts.js";

let ids = 0;
export const newId = (name) => `${name}-${++ids}`;

// A state of a field that is no text: a draft keeps it, and `changed(state)` takes it back.
export const stateInput = (name, changed) =>
  h("input", { type: "hidden", name, value: "", oninput: ({ target }) => changed(target.value !== "") });

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
  const error = () => (/^\d+$/.test(input.value.trim()) && now() <= most ? null : t("wrong"));
  return { node, input, value: now, error };
}

/**
 * @param {string} name
 * @param {string} legend
 * @param {any[][]} options pairs of value and text
 * @param {{ hint?: string, chosen?: string | null, missing?: string, changed?: (value: string) => void }} [settings]
 */
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
  return { node, input, value, error: () => (value() === null ? missing : null) };
}

/**
 * @param {string} name
 * @param {string} label
 * @param {{ value?: string | number, hint?: string, rows?: number, inputmode?: string, check?: (given: string) => string | null }} [settings]
 */
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
  return { node, input, value: () => input.value.trim(), error: () => check(input.value.trim()) };
}

export function checkbox(name, label, hint, checked = false) {
  const input = h("input", { type: "checkbox", name, checked });
  const node = h("div", { class: "field" }, h("label", { class: "choice big" }, input, h("span", {}, label)), h("p", { class: "hint" }, hint));
  return { node, input, value: () => input.checked, error: () => null };
}
