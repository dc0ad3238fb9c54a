// Fades what does not match the words in `data-filter`, in the lists, on the map, in the timeline.
import { everyVisit } from "./index.js";

let words = [];

export function filterVisits() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-filter]")) return;
    words = plain(event.target.value).split(/\s+/).filter(Boolean);
    filterAgain();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.matches?.("[data-filter]")) return;
    event.target.value = "";
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    event.target.blur();
  });
}

export function filterAgain() {
  const pane = document.querySelector("#day-pane");
  if (!pane) return;
  const field = pane.querySelector("[data-filter]");
  if (field && field !== document.activeElement) field.value = words.join(" ");
  if (!words.length && !pane.querySelector(".faded")) return;
  for (const [pickup, shown] of everyVisit()) {
    const stop = document.getElementById(`stop-${pickup}`);
    const fades = stop !== null && !words.every((word) => said(stop).includes(word));
    for (const each of shown) if (each.classList.contains("faded") !== fades) each.classList.toggle("faded");
  }
}

// What a stop says, without accents: worked out once, since the server writes a changed stop anew.
const texts = new WeakMap();

function said(stop) {
  if (!texts.has(stop)) texts.set(stop, plain(stop.textContent));
  return texts.get(stop);
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
