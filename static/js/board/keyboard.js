// Keys of the board: move, select or pin the focused stop; anywhere undo, filter, optimise.
import { openMoveDialog } from "./dialogs.js";
import { moveQuery, pane, proposeMove } from "./moves.js";
import { clearSelection, selectedVisits, toggle, toggleRound } from "./selection.js";

let busy = false;

const ANYWHERE = {
  "?": () => document.querySelector("[data-help-dialog]")?.showModal(),
  "/": () => document.querySelector("[data-filter]")?.focus(),
  o: () => document.querySelector("[data-optimise]")?.click(),
  z: () => document.querySelector("[data-undo]:enabled")?.click(),
  Z: () => document.querySelector("[data-redo]:enabled")?.click(),
  Escape: clearSelection,
};

const ON_A_STOP = {
  l: pin,
  m: (stop) => openMoveDialog(`${pane().dataset.moves}?${moveQuery(moving(stop))}`),
  x: toggle,
  X: toggleRound,
  ArrowUp: (stop) => moveInList(stop, -1),
  ArrowDown: (stop) => moveInList(stop, 1),
  ArrowLeft: (stop) => moveToNeighbour(stop, -1),
  ArrowRight: (stop) => moveToNeighbour(stop, 1),
};

export function useKeyboard() {
  document.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not(.pick), select, textarea, dialog")) return;
    const stop = event.target.closest("#day-pane .stop");
    const key = event.key.length === 1 && !"ZX".includes(event.key) ? event.key.toLowerCase() : event.key;
    const act = (stop && ON_A_STOP[key]) || ANYWHERE[key];
    if (!act) return;
    event.preventDefault();
    await oneAtATime(() => act(stop));
  });
}

async function oneAtATime(act) {
  if (busy) return;
  busy = true;
  try {
    await act();
  } finally {
    busy = false;
  }
}

function moving(stop) {
  const selected = selectedVisits();
  return selected.includes(stop.dataset.pickup) ? selected : [stop.dataset.pickup];
}

function moveInList(stop, by) {
  const list = stop.closest("[data-round]");
  if (!stop.hasAttribute("data-movable") || list.dataset.round === "tray") return;
  const stops = [...list.querySelectorAll(":scope > .stop")];
  const to = stops.indexOf(stop) + by;
  if (to < 0 || to >= stops.length) return;
  return proposeMove([stop.dataset.pickup], `${list.dataset.round}:${to}`);
}

function moveToNeighbour(stop, by) {
  if (!stop.hasAttribute("data-movable")) return;
  const lists = [...document.querySelectorAll("#day-pane .round [data-round]:not([data-closed])")];
  const here = lists.indexOf(stop.closest("[data-round]"));
  const to = lists[here < 0 ? 0 : here + by];
  return to && proposeMove(moving(stop), to.dataset.round);
}

function pin(stop) {
  const button = stop.querySelector("[data-pin]");
  if (!button) return;
  const name = stop.id;
  document.body.addEventListener(
    "htmx:afterSettle",
    () => document.querySelector(`#${name} a`)?.focus(),
    { once: true },
  );
  button.click();
}

