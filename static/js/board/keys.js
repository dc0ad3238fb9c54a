// Keys of the board: on a stop they move, choose and pin it; anywhere they undo, filter, optimise.
import { chooseNone, chosenVisits, toggle, toggleRound } from "./choosing.js";
import { pane, propose, query } from "./moving.js";
import { openMoveSheet } from "./sheets.js";

let busy = false;

const ANYWHERE = {
  "?": () => document.querySelector("[data-help-dialog]")?.showModal(),
  "/": () => document.querySelector("[data-filter]")?.focus(),
  o: () => document.querySelector("[data-optimise]")?.click(),
  z: () => document.querySelector("[data-undo]:enabled")?.click(),
  Z: () => document.querySelector("[data-redo]:enabled")?.click(),
  Escape: chooseNone,
};

const ON_A_STOP = {
  l: pin,
  m: (stop) => openMoveSheet(`${pane().dataset.moves}?${query(hands(stop))}`),
  x: toggle,
  X: toggleRound,
  ArrowUp: (stop) => step(stop, -1),
  ArrowDown: (stop) => step(stop, 1),
  ArrowLeft: (stop) => beside(stop, -1),
  ArrowRight: (stop) => beside(stop, 1),
};

export function moveByKeys() {
  document.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not(.pick), select, textarea, dialog")) return;
    const stop = event.target.closest("#day-pane .stop");
    const key = event.key.length === 1 && !"ZX".includes(event.key) ? event.key.toLowerCase() : event.key;
    const act = (stop && ON_A_STOP[key]) || ANYWHERE[key];
    if (!act) return;
    event.preventDefault();
    await once(() => act(stop));
  });
}

async function once(act) {
  if (busy) return;
  busy = true;
  try {
    await act();
  } finally {
    busy = false;
  }
}

function hands(stop) {
  const chosen = chosenVisits();
  return chosen.includes(stop.dataset.pickup) ? chosen : [stop.dataset.pickup];
}

function step(stop, by) {
  const list = stop.closest("[data-round]");
  if (!stop.hasAttribute("data-movable") || list.dataset.round === "tray") return;
  const stops = [...list.querySelectorAll(":scope > .stop")];
  const to = stops.indexOf(stop) + by;
  if (to < 0 || to >= stops.length) return;
  return propose([stop.dataset.pickup], `${list.dataset.round}:${to}`);
}

function beside(stop, by) {
  if (!stop.hasAttribute("data-movable")) return;
  const lists = [...document.querySelectorAll("#day-pane .round [data-round]:not([data-closed])")];
  const here = lists.indexOf(stop.closest("[data-round]"));
  const to = lists[here < 0 ? 0 : here + by];
  return to && propose(hands(stop), to.dataset.round);
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

