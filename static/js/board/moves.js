// Moves of visits: the price first, then the move itself, or its dialog if it breaks a rule.
import { openMoveDialog } from "./dialogs.js";
import { enqueue } from "./edit-queue.js";
import { htmx } from "./htmx.js";

export const pane = () => document.querySelector("#day-pane");
const bar = () => document.querySelector("[data-price-bar]");

export function moveQuery(pickups, place) {
  const found = new URLSearchParams(pickups.map((pickup) => ["pickup", pickup]));
  if (place) found.set("place", place);
  return found;
}

export async function fetchPrice(pickups, place) {
  const answer = await fetch(`${pane().dataset.moves}/price?${moveQuery(pickups, place)}`, {
    headers: { "HX-Request": "true", Accept: "text/html" },
  });
  const holder = document.createElement("div");
  holder.innerHTML = await answer.text();
  return { holder, verdict: answer.ok ? holder.firstElementChild?.dataset.verdict : "refused" };
}

let hideTimer = null;

export function showPrice(holder, { forMs = 0 } = {}) {
  bar().replaceChildren(...holder.childNodes);
  bar().hidden = false;
  clearTimeout(hideTimer);
  if (forMs) hideTimer = setTimeout(hidePrice, forMs);
}

// During a drag the price hangs beside the pointer.
export function placePriceAt(x, y) {
  const left = Math.min(x + 18, innerWidth - bar().offsetWidth - 8);
  const top = Math.min(y + 18, innerHeight - bar().offsetHeight - 8);
  bar().style.translate = `${Math.max(8, left)}px ${Math.max(8, top)}px`;
  bar().classList.add("hanging");
}

export function detachPrice() {
  bar().classList.remove("hanging");
  bar().style.translate = "";
}

export function hidePrice() {
  bar().hidden = true;
  detachPrice();
}

export function proposeMove(pickups, place, { putBack = () => {} } = {}) {
  return enqueue(() => priceThenMove(pickups, place, putBack));
}

async function priceThenMove(pickups, place, putBack) {
  try {
    const { holder, verdict } = await fetchPrice(pickups, place);
    detachPrice();
    if (verdict === "fits" || verdict === "careful") return await makeMove(pickups, place, holder, putBack);
    putBack();
    if (verdict !== "needs_reason") return showPrice(holder, { forMs: 9000 });
    hidePrice();
    return await openMoveDialog(`${pane().dataset.moves}?${moveQuery(pickups, place)}`);
  } catch {
    putBack();
    const offline = document.createElement("p");
    offline.textContent = bar().dataset.away;
    return showPrice({ childNodes: [offline] }, { forMs: 9000 });
  }
}

async function makeMove(pickups, place, price, putBack) {
  const values = { pickup: pickups, place, version: pane().dataset.version };
  // Dragging has moved the element: it goes back before the page is compared with the answer.
  putBack();
  await htmx.ajax("post", pane().dataset.moves, { values, target: "#day-pane", swap: "outerHTML" });
  // If a colleague was first, the note on top of the pane may be out of sight: it is shown here too.
  const note = document.querySelector("#day-pane [data-said]");
  showPrice(note ? { childNodes: [note.cloneNode(true)] } : price, { forMs: note ? 9000 : 5000 });
  document.querySelector(`#stop-${CSS.escape(pickups[0])} a`)?.focus({ preventScroll: false });
}
