// The selection of visits by disc, Shift-click, key or lasso; it outlives swaps of the page.
import { elementsOf } from "./visit-index.js";

const selected = new Set();
let last = null;

const boxes = () => [...document.querySelectorAll("#day-pane .pick")];
const boxOf = (pickup) => document.getElementById(`stop-${pickup}`)?.querySelector(".pick");

export const selectedVisits = () => [...selected];

export function selectVisits() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#day-pane .pick")) return;
    select([event.target.value], event.target.checked);
    last = event.target.value;
  });
  document.addEventListener("click", (event) => {
    const stop = event.target.closest?.("#day-pane .stop[data-movable]");
    if (event.target.closest?.("[data-choose-none]")) return clearSelection();
    if (!stop || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.shiftKey) selectRange(stop);
    else toggle(stop);
    last = stop.dataset.pickup;
  }, true);
}

export function toggle(stop) {
  const pickup = stop.dataset.pickup;
  if (boxOf(pickup)) select([pickup], !selected.has(pickup));
}

export function toggleRound(stop) {
  const round = [...stop.closest("[data-round]").querySelectorAll(".pick")].map((box) => box.value);
  select(round, !round.every((pickup) => selected.has(pickup)));
}

function selectRange(stop) {
  const all = boxes().map((box) => box.value);
  const [from, to] = [all.indexOf(last ?? stop.dataset.pickup), all.indexOf(stop.dataset.pickup)];
  if (to < 0) return;
  const [first, final] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  select(all.slice(first, final + 1), true);
}

export function select(pickups, on) {
  for (const pickup of pickups) {
    const box = boxOf(pickup);
    if (!box) continue;
    if (on) selected.add(pickup);
    else selected.delete(pickup);
    mark(box, on);
  }
  drawCount();
}

export function clearSelection() {
  select([...selected], false);
  selected.clear();
  drawCount();
}

// After a swap, visits that are still on the page stay selected.
export function restoreSelection() {
  for (const pickup of selected) {
    const box = boxOf(pickup);
    if (box) mark(box, true);
    else selected.delete(pickup);
  }
  drawCount();
}

function mark(box, on) {
  box.checked = on;
  for (const each of elementsOf(box.value)) each.classList.toggle("chosen", on);
}

function drawCount() {
  const pane = document.querySelector("#day-pane");
  const words = document.querySelector("[data-chosen-words]");
  if (!pane || !words) return;
  pane.toggleAttribute("data-any-chosen", selected.size > 0);
  const text = selected.size === 1 ? words.dataset.one : words.dataset.many.replace("#", selected.size);
  const line = pane.querySelector("[data-chosen-count]");
  if (line) line.textContent = selected.size ? text : "";
}
