// Proposes a move: the price first; a move that fits is made, one that breaks a rule asks why.
import { htmx } from "./htmx.js";
import { inTurn } from "./in-turn.js";
import { openMoveSheet } from "./sheets.js";

export const pane = () => document.querySelector("#day-pane");
const bar = () => document.querySelector("[data-price-bar]");

export function query(pickups, place) {
  const found = new URLSearchParams(pickups.map((pickup) => ["pickup", pickup]));
  if (place) found.set("place", place);
  return found;
}

export async function priceOf(pickups, place) {
  const answer = await fetch(`${pane().dataset.moves}/price?${query(pickups, place)}`, {
    headers: { "HX-Request": "true", Accept: "text/html" },
  });
  const holder = document.createElement("div");
  holder.innerHTML = await answer.text();
  return { holder, verdict: answer.ok ? holder.firstElementChild?.dataset.verdict : "refused" };
}

export function say(holder, { forMs = 0 } = {}) {
  bar().replaceChildren(...holder.childNodes);
  bar().hidden = false;
  clearTimeout(say.timer);
  if (forMs) say.timer = setTimeout(quiet, forMs);
}

// While something is dragged its price hangs beside the pointer.
export function hangAt(x, y) {
  const left = Math.min(x + 18, innerWidth - bar().offsetWidth - 8);
  const top = Math.min(y + 18, innerHeight - bar().offsetHeight - 8);
  bar().style.translate = `${Math.max(8, left)}px ${Math.max(8, top)}px`;
  bar().classList.add("hanging");
}

export function letGo() {
  bar().classList.remove("hanging");
  bar().style.translate = "";
}

export function quiet() {
  bar().hidden = true;
  letGo();
}

export function propose(pickups, place, { putBack = () => {} } = {}) {
  return inTurn(() => proposed(pickups, place, putBack));
}

async function proposed(pickups, place, putBack) {
  try {
    const { holder, verdict } = await priceOf(pickups, place);
    letGo();
    if (verdict === "fits" || verdict === "careful") return await make(pickups, place, holder, putBack);
    putBack();
    if (verdict !== "needs_reason") return say(holder, { forMs: 9000 });
    quiet();
    return await openMoveSheet(`${pane().dataset.moves}?${query(pickups, place)}`);
  } catch {
    putBack();
    const away = document.createElement("p");
    away.textContent = bar().dataset.away;
    return say({ childNodes: [away] }, { forMs: 9000 });
  }
}

async function make(pickups, place, price, putBack) {
  const values = { pickup: pickups, place, version: pane().dataset.version };
  // Dragging moved a stop by hand: the page is as it was before it is compared with the answer.
  putBack();
  await htmx.ajax("POST", pane().dataset.moves, { values, target: "#day-pane", swap: "outerHTML" });
  // A colleague was first: the pane says so on top, which may be out of sight here.
  const said = document.querySelector("#day-pane [data-said]");
  say(said ? { childNodes: [said.cloneNode(true)] } : price, { forMs: said ? 9000 : 5000 });
  document.querySelector(`#stop-${CSS.escape(pickups[0])} a`)?.focus({ preventScroll: false });
}
