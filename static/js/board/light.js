// Lights a visit in the list, on the map and in the timeline at once, by its `data-pickup`.
export function lightTogether() {
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      light(event.target.closest?.("[data-pickup]")?.dataset.pickup ?? null);
    });
  }
}

let lit = null;

function light(pickup) {
  if (pickup === lit) return;
  lit = pickup;
  document.querySelectorAll("#day-pane .lit").forEach((each) => each.classList.remove("lit"));
  if (pickup === null) return;
  document
    .querySelectorAll(`#day-pane [data-pickup="${CSS.escape(pickup)}"]`)
    .forEach((each) => each.classList.add("lit"));
}
