// The filter `data-filter`: visits without its words fade in the lists, on the map, in the timeline.
import { elementsByVisit } from "./visit-index.js";

let words = [];

export function filterVisits() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-filter]")) return;
    words = plain(event.target.value).split(/\s+/).filter(Boolean);
    applyFilter();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.matches?.("[data-filter]")) return;
    event.target.value = "";
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    event.target.blur();
  });
}

export function applyFilter() {
  const pane = document.querySelector("#day-pane");
  if (!pane) return;
  const field = pane.querySelector("[data-filter]");
  if (field && field !== document.activeElement) field.value = words.join(" ");
  if (!words.length && !pane.querySelector(".faded")) return;
  for (const [pickup, shown] of elementsByVisit()) {
    const stop = document.getElementById(`stop-${pickup}`);
    const faded = stop !== null && !words.every((word) => textOf(stop).includes(word));
    for (const each of shown) if (each.classList.contains("faded") !== faded) each.classList.toggle("faded");
  }
}

// The text of a stop without accents; a changed stop is a new element, so its text is computed once.
const texts = new WeakMap();

function textOf(stop) {
  if (!texts.has(stop)) texts.set(stop, plain(stop.textContent));
  return texts.get(stop);
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
