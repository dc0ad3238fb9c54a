// Makes elements: h("button", { class: "main", onclick: go }, "Done").
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

export const button = (text, onclick, attributes = {}) =>
  h("button", { type: "button", ...attributes, class: `button ${attributes.class ?? ""}`.trim(), onclick }, text);

export const link = (text, href, attributes = {}) =>
  h("a", { ...attributes, class: `button ${attributes.class ?? ""}`.trim(), href }, text);

export const message = (kind, ...children) =>
  h("div", { class: `message ${kind}`, role: kind === "danger" ? "alert" : "status" }, h("div", { class: "said" }, ...children));
