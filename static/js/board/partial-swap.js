// Swaps of the day by parts: only changed ones are replaced, since a day may have 500 stops.
import { htmx } from "./htmx.js";

const pane = () => document.querySelector("#day-pane");
const partsOf = (root) => [...root.querySelectorAll("[data-part]")];

export function swapParts() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.target?.id !== "day-pane") return;
    const seen = partsOf(pane()).map((part) => `${part.id}:${part.dataset.stamp}`);
    event.detail.headers["X-Seen-Parts"] = seen.join(" ");
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, shouldSwap, isError } = event.detail;
    if (target?.id !== "day-pane" || isError || !shouldSwap || xhr.status === 204) return;
    const fresh = read(xhr.responseText);
    if (!fresh) return;
    event.detail.shouldSwap = false;
    const edited = event.detail.requestConfig?.verb === "post";
    if (sameParts(target, fresh)) patch(target, fresh, edited);
    else replace(target, fresh, edited);
  });
}

function read(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#day-pane");
}

function sameParts(old, fresh) {
  const [then, now] = [partsOf(old), partsOf(fresh)];
  return then.length === now.length && then.every((part, index) => part.id === now[index].id);
}

function patch(old, fresh, edited) {
  const focused = document.activeElement?.closest("#day-pane [id]")?.id;
  copyAttributes(old, fresh);
  const now = partsOf(fresh);
  const changed = partsOf(old).map((part, index) => exchange(part, now[index])).filter(Boolean);
  for (const field of old.querySelectorAll("[data-version-field]")) field.value = old.dataset.version;
  for (const part of changed) htmx.process(part);
  if (focused && !document.activeElement?.closest("#day-pane")) document.getElementById(focused)?.focus();
  announceSwap(old, edited);
}

function exchange(part, next) {
  if (next.hasAttribute("data-same")) return null;
  const made = document.importNode(next, true);
  part.replaceWith(made);
  return made;
}

// A day with other parts: the ones on the page already are put into it; the server left them out.
function replace(old, fresh, edited) {
  const next = document.importNode(fresh, true);
  const present = new Map(partsOf(old).map((part) => [part.id, part]));
  for (const part of partsOf(next)) if (part.hasAttribute("data-same")) part.replaceWith(present.get(part.id));
  old.replaceWith(next);
  htmx.process(next);
  announceSwap(next, edited);
}

function copyAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
}

// `edited` tells an edit from a refresh.
function announceSwap(root, edited) {
  htmx.trigger(document.body, "htmx:afterSwap", { target: root, elt: root, edited });
  htmx.trigger(document.body, "htmx:afterSettle", { target: root, elt: root });
}
