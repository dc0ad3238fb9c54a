// Lights a visit in the list, on the map and in the timeline at once; a click there shows its stop.
import { choose } from "./choosing.js";
import { shownOf } from "./index.js";

export function lightTogether() {
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      light(event.target.closest?.("[data-pickup]")?.dataset.pickup ?? null);
    });
  }
  document.addEventListener("click", (event) => {
    const there = event.target.closest?.(".time-bars [data-pickup], .map-disc[data-pickup]");
    const stop = there && document.querySelector(`#stop-${CSS.escape(there.dataset.pickup)}`);
    if (!stop) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) choose([there.dataset.pickup], true);
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    stop.querySelector("a")?.focus({ preventScroll: true });
  });
}

let lit = null;
let shining = [];

function light(pickup) {
  if (pickup === lit) return;
  lit = pickup;
  for (const each of shining) each.classList.remove("lit");
  shining = pickup === null ? [] : shownOf(pickup);
  for (const each of shining) each.classList.add("lit");
}
