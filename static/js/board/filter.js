// The filter `data-filter`: visits without its words fade in the lists, on the map, in the timeline.
import { isFound, wordsIn } from "./search-words.js";
import { elementsByVisit } from "./visit-index.js";

let query = "";

export function filterVisits() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-filter]")) return;
    query = event.target.value.trim();
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
  if (field && field !== document.activeElement) field.value = query;
  if (!query && !pane.querySelector(".faded")) return;
  for (const [pickup, shown] of elementsByVisit()) {
    const stop = document.getElementById(`stop-${pickup}`);
    const faded = stop !== null && !isFound(query, textOf(stop));
    for (const each of shown) if (each.classList.contains("faded") !== faded) each.classList.toggle("faded");
  }
}

// The words of a stop, and of the donor's file behind it; a changed stop is a new element, so its text is computed once.
const texts = new WeakMap();

function textOf(stop) {
  if (!texts.has(stop)) texts.set(stop, `${stop.dataset.find ?? ""} ${wordsIn(stop.textContent).join(" ")}`);
  return texts.get(stop);
}
