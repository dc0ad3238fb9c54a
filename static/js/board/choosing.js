// Chooses visits: by their disc, by Shift-click for a stretch, by a key, by the lasso; it outlives swaps.
import { shownOf } from "./index.js";

const chosen = new Set();
let last = null;

const boxes = () => [...document.querySelectorAll("#day-pane .pick")];
const boxOf = (pickup) => document.getElementById(`stop-${pickup}`)?.querySelector(".pick");

export const chosenVisits = () => [...chosen];

export function chooseVisits() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#day-pane .pick")) return;
    choose([event.target.value], event.target.checked);
    last = event.target.value;
  });
  document.addEventListener("click", (event) => {
    const stop = event.target.closest?.("#day-pane .stop[data-movable]");
    if (event.target.closest?.("[data-choose-none]")) return chooseNone();
    if (!stop || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.shiftKey) stretch(stop);
    else toggle(stop);
    last = stop.dataset.pickup;
  }, true);
}

export function toggle(stop) {
  const pickup = stop.dataset.pickup;
  if (boxOf(pickup)) choose([pickup], !chosen.has(pickup));
}

export function toggleRound(stop) {
  const round = [...stop.closest("[data-round]").querySelectorAll(".pick")].map((box) => box.value);
  choose(round, !round.every((pickup) => chosen.has(pickup)));
}

function stretch(stop) {
  const all = boxes().map((box) => box.value);
  const [from, to] = [all.indexOf(last ?? stop.dataset.pickup), all.indexOf(stop.dataset.pickup)];
  if (to < 0) return;
  const [first, final] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  choose(all.slice(first, final + 1), true);
}

export function choose(pickups, on) {
  for (const pickup of pickups) {
    const box = boxOf(pickup);
    if (!box) continue;
    if (on) chosen.add(pickup);
    else chosen.delete(pickup);
    mark(box, on);
  }
  count();
}

export function chooseNone() {
  choose([...chosen], false);
  chosen.clear();
  count();
}

// After a swap: what is there still stays chosen.
export function chosenAgain() {
  for (const pickup of chosen) {
    const box = boxOf(pickup);
    if (box) mark(box, true);
    else chosen.delete(pickup);
  }
  count();
}

function mark(box, on) {
  box.checked = on;
  for (const each of shownOf(box.value)) each.classList.toggle("chosen", on);
}

function count() {
  const pane = document.querySelector("#day-pane");
  const words = document.querySelector("[data-chosen-words]");
  if (!pane || !words) return;
  pane.toggleAttribute("data-any-chosen", chosen.size > 0);
  const said = chosen.size === 1 ? words.dataset.one : words.dataset.many.replace("#", chosen.size);
  const line = pane.querySelector("[data-chosen-count]");
  if (line) line.textContent = chosen.size ? said : "";
}
