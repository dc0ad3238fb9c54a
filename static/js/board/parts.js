// Swaps of the day touch only the parts that changed: a day may have five hundred stops.
import { htmx } from "./htmx.js";

const pane = () => document.querySelector("#day-pane");
const partsOf = (root) => [...root.querySelectorAll("[data-part]")];

export function swapOnlyWhatChanged() {
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
    const made = event.detail.requestConfig?.verb === "post";
    if (sameParts(target, fresh)) patch(target, fresh, made);
    else replace(target, fresh, made);
  });
}

function read(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("#day-pane");
}

function sameParts(old, fresh) {
  const [then, now] = [partsOf(old), partsOf(fresh)];
  return then.length === now.length && then.every((part, index) => part.id === now[index].id);
}

function patch(old, fresh, made) {
  const focused = document.activeElement?.closest("#day-pane [id]")?.id;
  attributes(old, fresh);
  const now = partsOf(fresh);
  const changed = partsOf(old).map((part, index) => exchange(part, now[index])).filter(Boolean);
  for (const field of old.querySelectorAll("[data-version-field]")) field.value = old.dataset.version;
  for (const part of changed) htmx.process(part);
  if (focused && !document.activeElement?.closest("#day-pane")) document.getElementById(focused)?.focus();
  settled(old, made);
}

function exchange(part, next) {
  if (next.hasAttribute("data-same")) return null;
  const made = document.importNode(next, true);
  part.replaceWith(made);
  return made;
}

// Another shape of the day: what the reader has already is put into it, since it was not sent again.
function replace(old, fresh, made) {
  const next = document.importNode(fresh, true);
  const had = new Map(partsOf(old).map((part) => [part.id, part]));
  for (const part of partsOf(next)) if (part.hasAttribute("data-same")) part.replaceWith(had.get(part.id));
  old.replaceWith(next);
  htmx.process(next);
  settled(next, made);
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
}

// `made`: something was done, it was not only looked at again.
function settled(root, made) {
  htmx.trigger(document.body, "htmx:afterSwap", { target: root, elt: root, made });
  htmx.trigger(document.body, "htmx:afterSettle", { target: root, elt: root });
}
