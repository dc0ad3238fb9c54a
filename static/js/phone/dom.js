// Elements from code: h("button", { class: "main", onclick: go }, "Done").
import { icon } from "./icons.js";

/**
 * Create an element. Attributes that are null or false are left out, `on...` are listeners.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children nodes, texts and nested lists of them; empty ones are left out
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child || child === 0));
  return element;
}

/**
 * @param {string} text
 * @param {(event: any) => void} onclick
 * @param {Record<string, any>} [options]
 */
export const button = (text, onclick, { icon: sign, ...attributes } = {}) =>
  h("button", { type: "button", ...attributes, class: styled(attributes), onclick }, sign && icon(sign), text);

/**
 * @param {string} text
 * @param {string} href
 * @param {Record<string, any>} [options]
 */
export const link = (text, href, { icon: sign, ...attributes } = {}) =>
  h("a", { ...attributes, class: styled(attributes), href }, sign && icon(sign), text);

export const back = (text, to = "#/") => link(text, to, { class: "quiet back", icon: "back" });

// The button at the end of a form.
export const submit = (text, attributes = {}) =>
  h("button", { ...attributes, class: "button main full tall" }, text);

export const message = (kind, ...children) =>
  h("div", { class: `message ${kind}`, role: kind === "danger" ? "alert" : "status" }, h("div", { class: "said" }, ...children));

const styled = (attributes) => `button ${attributes.class ?? ""}`.trim();
