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
  const { holder, verdict } = await priceOf(pickup, place);
  if (verdict === "fits") {
    say(holder, { forMs: 5000 });
    await make(pickup, place);
    document.querySelector(`#stop-${pickup} a`)?.focus();
  } else {
    putBack();
    if (verdict === "needs_reason") {
      quiet();
      openMoveSheet(`${pane().dataset.moves}/${pickup}?${new URLSearchParams({ place })}`);
    } else {
      say(holder, { forMs: 9000 });
    }
  }
}

function make(pickup, place) {
  const values = { pickup, place, version: pane().dataset.version };
  return htmx.ajax("POST", pane().dataset.moves, { values, target: "#day-pane", swap: "outerHTML" });
}
