// The lasso: a line drawn round discs on the map selects their visits.
import { select } from "./selection.js";

const SVG = "http://www.w3.org/2000/svg";
let drawing = null;

export function useLasso() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-lasso]");
    if (button) arm(button.getAttribute("aria-pressed") !== "true");
  });
  document.addEventListener("pointerdown", (event) => {
    const map = event.target.closest?.(".map.with-lasso");
    if (!map || event.button !== 0 || event.target.closest(".leaflet-control")) return;
    event.preventDefault();
    event.stopPropagation();
    begin(map, event);
  }, true);
}

function arm(on) {
  document.querySelector("[data-lasso]")?.setAttribute("aria-pressed", String(on));
  document.querySelector("#day-pane .map")?.classList.toggle("with-lasso", on);
}

function begin(map, event) {
  const frame = map.getBoundingClientRect();
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "polygon");
  svg.setAttribute("class", "lasso-line");
  svg.append(line);
  map.append(svg);
  drawing = { points: [], line, frame, svg, map };
  map.setPointerCapture(event.pointerId);
  map.addEventListener("pointermove", point);
  // The browser cancels the pointer when it takes the gesture for a scroll or a zoom.
  for (const kind of ["pointerup", "pointercancel"]) map.addEventListener(kind, finish);
}

function point({ clientX, clientY }) {
  drawing.points.push([clientX - drawing.frame.left, clientY - drawing.frame.top]);
  drawing.line.setAttribute("points", drawing.points.map((each) => each.join(",")).join(" "));
}

function finish({ type }) {
  const { points, frame, svg, map } = drawing;
  map.removeEventListener("pointermove", point);
  for (const kind of ["pointerup", "pointercancel"]) map.removeEventListener(kind, finish);
  svg.remove();
  arm(false);
  if (type === "pointercancel" || points.length < 3) return;
  const discs = [...map.querySelectorAll(".map-disc[data-pickup]")];
  select(discs.filter((disc) => inside(centre(disc, frame), points)).map((disc) => disc.dataset.pickup), true);
}

function centre(disc, frame) {
  const box = disc.getBoundingClientRect();
  return [box.left + box.width / 2 - frame.left, box.top + box.height / 2 - frame.top];
}

// Even-odd rule: a ray to the right crosses the line an odd number of times.
/**
 * @param {number[]} point
 * @param {number[][]} points
 */
export function inside([x, y], points) {
  let odd = false;
  points.forEach(([x1, y1], index) => {
    const [x2, y2] = points[(index + 1) % points.length];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  });
  return odd;
}
