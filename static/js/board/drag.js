// Drags stops between the lists of `data-round`; the price is shown while the stop hangs over a place.
import Sortable from "sortablejs/modular/sortable.core.esm.js";
import { priceOf, propose, quiet, say } from "./moving.js";

const made = new WeakSet();
let latest = 0;

export function arrangeByDragging() {
  for (const list of document.querySelectorAll("#day-pane [data-round]")) {
    if (made.has(list)) continue;
    made.add(list);
    Sortable.create(list, {
      group: "stops",
      draggable: ".stop",
      filter: ".stop:not([data-movable])",
      preventOnFilter: false,
      delay: 150,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onStart: () => document.body.setAttribute("data-dragging", ""),
      onChange: hang,
      onEnd: drop,
    });
  }
}

function placeOf(list, index) {
  return list.dataset.round === "tray" ? "tray" : `${list.dataset.round}:${index}`;
}

async function hang({ item, to, newDraggableIndex }) {
  const asked = (latest += 1);
  const { holder } = await priceOf(item.dataset.pickup, placeOf(to, newDraggableIndex));
  if (asked === latest && document.body.hasAttribute("data-dragging")) say(holder);
}

function drop({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
  document.body.removeAttribute("data-dragging");
  latest += 1;
  const stayed = from === to && (oldDraggableIndex === newDraggableIndex || to.dataset.round === "tray");
  if (stayed) return quiet();
  const before = from.querySelectorAll(":scope > .stop");
  const putBack = () => {
    const others = [...before].filter((stop) => stop !== item);
    from.insertBefore(item, others[oldDraggableIndex] ?? null);
  };
  return propose(item.dataset.pickup, placeOf(to, newDraggableIndex), { putBack });
}
