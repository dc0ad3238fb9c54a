// Proposes a move: the price first; a move that fits is made, one that breaks a rule asks why.
import { htmx } from "./htmx.js";
import { openMoveSheet } from "./sheets.js";

export const pane = () => document.querySelector("#day-pane");
const bar = () => document.querySelector("[data-price-bar]");

export async function priceOf(pickup, place) {
  const query = new URLSearchParams({ place });
  const answer = await fetch(`${pane().dataset.moves}/${pickup}/price?${query}`, {
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

export function quiet() {
  bar().hidden = true;
}

export async function propose(pickup, place, { putBack = () => {} } = {}) {
  try {
    const { holder, verdict } = await priceOf(pickup, place);
    if (verdict === "fits") return await make(pickup, place, holder);
    putBack();
    if (verdict !== "needs_reason") return say(holder, { forMs: 9000 });
    quiet();
    return await openMoveSheet(`${pane().dataset.moves}/${pickup}?${new URLSearchParams({ place })}`);
  } catch {
    putBack();
    const away = document.createElement("p");
    away.textContent = bar().dataset.away;
    return say({ childNodes: [away] }, { forMs: 9000 });
  }
}

async function make(pickup, place, price) {
  const values = { pickup, place, version: pane().dataset.version };
  await htmx.ajax("POST", pane().dataset.moves, { values, target: "#day-pane", swap: "outerHTML" });
  // A colleague was first: the pane says so on top, which may be out of sight here.
  const said = document.querySelector("#day-pane [data-said]");
  say(said ? { childNodes: [said.cloneNode(true)] } : price, { forMs: said ? 9000 : 5000 });
  document.querySelector(`#stop-${pickup} a`)?.focus();
}
