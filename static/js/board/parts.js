// Swaps of the day touch only the parts that changed: a day may have five hundred stops.
import { htmx } from "./htmx.js";

const written = new WeakMap();
const pane = () => document.querySelector("#day-pane");

export function swapOnlyWhatChanged() {
  remember(pane());
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, shouldSwap, isError } = event.detail;
    if (target?.id !== "day-pane" || isError || !shouldSwap || xhr.status === 204) return;
    const fresh = read(xhr.responseText);
    if (!fresh || !sameParts(target, fresh)) return remembered(fresh);
    event.detail.shouldSwap = false;
    patch(target, fresh);
  });
}

function read(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#day-pane");
}

const partsOf = (root) => [...root.querySelectorAll("[data-part]")];

function sameParts(old, fresh) {
  const [then, now] = [partsOf(old), partsOf(fresh)];
  return then.length === now.length && then.every((part, index) => part.id === now[index].id);
}

// Scripts mark what the server wrote (lit, chosen): what it wrote is what is compared.
function remember(root) {
  if (root) for (const part of partsOf(root)) written.set(part, part.outerHTML);
}

let whole = null;

function remembered(fresh) {
  if (!fresh) return;
  whole = new Map(partsOf(fresh).map((part) => [part.id, part.outerHTML]));
  document.body.addEventListener(
    "htmx:afterSwap",
    () => {
      for (const part of partsOf(pane())) if (whole.has(part.id)) written.set(part, whole.get(part.id));
    },
    { once: true },
  );
}

function patch(old, fresh) {
  const focused = document.activeElement?.closest("[id]")?.id;
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  const changed = [];
  const now = partsOf(fresh);
  partsOf(old).forEach((part, index) => {
    const html = now[index].outerHTML;
    if (written.get(part) === html) return;
    const next = document.importNode(now[index], true);
    written.set(next, html);
    part.replaceWith(next);
    changed.push(next);
  });
  for (const field of old.querySelectorAll("[data-version-field]")) field.value = old.dataset.version;
  htmx.process(old);
  for (const part of changed) htmx.process(part);
  if (focused && !document.activeElement?.closest("#day-pane")) document.getElementById(focused)?.focus();
  htmx.trigger(document.body, "htmx:afterSwap", { target: old, elt: old });
  htmx.trigger(document.body, "htmx:afterSettle", { target: old, elt: old });
}
