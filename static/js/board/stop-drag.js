// Dragging of stops between the lists of `data-round`, with the price of the place under the pointer.
import Sortable from "sortablejs/modular/sortable.core.esm.js";
import { fetchPrice, hidePrice, placePriceAt, proposeMove, showPrice } from "./moves.js";
import { selectedVisits } from "./selection.js";

const bound = new WeakSet();
let lastRequest = 0;

export function dragStops() {
  for (const list of document.querySelectorAll("#day-pane [data-round]")) {
    if (bound.has(list)) continue;
    bound.add(list);
    Sortable.create(list, {
      group: { name: "stops", put: !list.hasAttribute("data-closed") },
      draggable: ".stop",
      filter: ".stop:not([data-movable]), .stop .pin, .stop .disc",
      preventOnFilter: false,
      delay: 150,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onStart: () => {
        document.body.setAttribute("data-dragging", "");
        document.addEventListener("dragover", follow);
      },
      onChange: priceHere,
      onEnd: drop,
    });
  }
}

const follow = ({ clientX, clientY }) => placePriceAt(clientX, clientY);

// A selected stop takes the rest of the selection along.
function moving(item) {
  const selected = selectedVisits();
  return selected.includes(item.dataset.pickup) ? selected : [item.dataset.pickup];
}

function placeOf(list, item) {
  if (list.dataset.round === "tray") return "tray";
  const along = new Set(moving(item));
  const others = [...list.querySelectorAll(":scope > .stop")];
  const ahead = others.slice(0, others.indexOf(item)).filter((stop) => !along.has(stop.dataset.pickup));
  return `${list.dataset.round}:${ahead.length}`;
}

async function priceHere({ item, to }) {
  const request = (lastRequest += 1);
  const { holder } = await fetchPrice(moving(item), placeOf(to, item));
  if (request === lastRequest && document.body.hasAttribute("data-dragging")) showPrice(holder);
}

function drop({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
  document.body.removeAttribute("data-dragging");
  document.removeEventListener("dragover", follow);
  lastRequest += 1;
  const alone = moving(item).length === 1;
  const stayed = from === to && (oldDraggableIndex === newDraggableIndex || to.dataset.round === "tray");
  if (stayed && alone) return hidePrice();
  const place = placeOf(to, item);
  const before = from.querySelectorAll(":scope > .stop");
  const putBack = () => {
    const others = [...before].filter((stop) => stop !== item);
    from.insertBefore(item, others[oldDraggableIndex] ?? null);
  };
  return proposeMove(moving(item), place, { putBack });
}
