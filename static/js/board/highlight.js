// Highlighting of a visit in the list, on the map and in the timeline; a click there shows its stop.
import { select } from "./selection.js";
import { elementsOf } from "./visit-index.js";

export function highlightVisits() {
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      highlight(event.target.closest?.("[data-pickup]")?.dataset.pickup ?? null);
    });
  }
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.(".time-bars [data-pickup], .map-disc[data-pickup]");
    const stop = mark && document.querySelector(`#stop-${CSS.escape(mark.dataset.pickup)}`);
    if (!stop) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) select([mark.dataset.pickup], true);
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    stop.querySelector("a")?.focus({ preventScroll: true });
  });
}

let highlighted = null;
let elements = [];

function highlight(pickup) {
  if (pickup === highlighted) return;
  highlighted = pickup;
  for (const each of elements) each.classList.remove("lit");
  elements = pickup === null ? [] : elementsOf(pickup);
  for (const each of elements) each.classList.add("lit");
}
