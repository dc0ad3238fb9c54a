// Drags stops between the lists of `data-round`; the price is shown while the stop hangs over a place.
import Sortable from "sortablejs/modular/sortable.core.esm.js";
import { chosenVisits } from "./choosing.js";
import { hangAt, priceOf, propose, quiet, say } from "./moving.js";

const made = new WeakSet();
let latest = 0;

export function arrangeByDragging() {
  for (const list of document.querySelectorAll("#day-pane [data-round]")) {
    if (made.has(list)) continue;
    made.add(list);
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
      onChange: hang,
      onEnd: drop,
    });
  }
}

const follow = ({ clientX, clientY }) => hangAt(clientX, clientY);

// A stop that is chosen takes the other chosen ones along.
function carried(item) {
  const chosen = chosenVisits();
  return chosen.includes(item.dataset.pickup) ? chosen : [item.dataset.pickup];
}

function placeOf(list, item) {
  if (list.dataset.round === "tray") return "tray";
  const along = new Set(carried(item));
  const others = [...list.querySelectorAll(":scope > .stop")];
  const ahead = others.slice(0, others.indexOf(item)).filter((stop) => !along.has(stop.dataset.pickup));
  return `${list.dataset.round}:${ahead.length}`;
}

async function hang({ item, to }) {
  const asked = (latest += 1);
  const { holder } = await priceOf(carried(item), placeOf(to, item));
  if (asked === latest && document.body.hasAttribute("data-dragging")) say(holder);
}

function drop({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
  document.body.removeAttribute("data-dragging");
  document.removeEventListener("dragover", follow);
  latest += 1;
  const alone = carried(item).length === 1;
  const stayed = from === to && (oldDraggableIndex === newDraggableIndex || to.dataset.round === "tray");
  if (stayed && alone) return quiet();
  const place = placeOf(to, item);
  const before = from.querySelectorAll(":scope > .stop");
  const putBack = () => {
    const others = [...before].filter((stop) => stop !== item);
    from.insertBefore(item, others[oldDraggableIndex] ?? null);
  };
  return propose(carried(item), place, { putBack });
}
