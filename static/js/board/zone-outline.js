// The outline of a zone on the map: corners are added, moved and removed by finger, mouse or keys.
import { L, createMap, fitPoints, marker } from "./map-base.js";
import { corner, cornersIn, cornersText, rowOfNew } from "./outline-corners.js";

const STEP = 8;
const LEAP = 40;
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export function drawZone() {
  const element = document.querySelector("[data-zone-map]");
  if (!element) return;
  const picture = JSON.parse(element.dataset.zoneMap);
  const field = element.closest("form").elements.outline;
  const map = createMap(element);
  const shape = L.polygon([], { className: "zone-shape is-edited", weight: 2 }).addTo(map);
  const view = { map, field, shape, corners: cornersIn(field.value), earlier: [], handles: L.layerGroup().addTo(map) };
  view.word = element.dataset.corner;
  addNeighbours(map, picture);
  const points = [...picture.sites.map((site) => site.at), ...picture.zones.flatMap((zone) => zone.outline)];
  fitPoints(map, view.corners.length ? view.corners : points);
  map.on("click", ({ latlng }) => add(view, latlng));
  field.addEventListener("input", () => {
    view.corners = cornersIn(field.value);
    draw(view);
  });
  bindButtons(view, element.closest("form"));
  draw(view);
}

function addNeighbours(map, picture) {
  for (const zone of picture.zones) {
    L.polygon(zone.outline, { className: "zone-shape", weight: 1 }).bindTooltip(zone.name, { sticky: true }).addTo(map);
  }
  for (const at of picture.known) marker(at, "map-known", { size: 8 }).addTo(map);
  for (const site of picture.sites) marker(site.at, "map-site", { words: site.name, size: 14 }).addTo(map);
}

function bindButtons(view, form) {
  const acts = {
    middle: () => focusOn(view, add(view, view.map.getCenter())),
    back: () => view.earlier.length && restore(view, view.earlier.pop()),
    clear: () => change(view, []),
  };
  for (const [name, act] of Object.entries(acts)) form.querySelector(`[data-zone-act="${name}"]`).addEventListener("click", act);
}

function add(view, latlng) {
  const at = corner(latlng);
  const row = rowOfNew(view.corners, at, view.map);
  change(view, view.corners.toSpliced(row, 0, at));
  return row;
}

function change(view, corners) {
  view.earlier.push(view.corners);
  restore(view, corners);
}

function restore(view, corners) {
  view.corners = corners;
  view.field.value = cornersText(corners);
  draw(view);
}

function draw(view) {
  view.shape.setLatLngs(view.corners);
  view.handles.clearLayers();
  view.corners.forEach((at, row) => addHandle(view, at, row));
}

function addHandle(view, at, row) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "zone-corner", title: `${view.word} ${row + 1}` });
  const icon = L.divIcon({ className: "", html: button, iconSize: [24, 24] });
  const handle = L.marker(at, { icon, draggable: true, keyboard: false, zIndexOffset: 1000 }).addTo(view.handles);
  handle.on("click", L.DomEvent.stop);
  handle.on("drag", ({ latlng }) => view.shape.setLatLngs(view.corners.with(row, latlng)));
  handle.on("dragend", () => move(view, row, handle.getLatLng()));
  button.addEventListener("keydown", (event) => press(view, row, event));
}

function press(view, row, event) {
  const [right, down] = MOVES[event.key] ?? [];
  const removes = event.key === "Delete" || event.key === "Backspace";
  if (right === undefined && !removes) return;
  event.preventDefault();
  event.stopPropagation();
  if (removes) {
    change(view, view.corners.toSpliced(row, 1));
    return focusOn(view, Math.max(0, row - 1));
  }
  const step = event.shiftKey ? LEAP : STEP;
  const at = view.map.latLngToContainerPoint(view.corners[row]).add([right * step, down * step]);
  move(view, row, view.map.containerPointToLatLng(at));
  focusOn(view, row);
}

function move(view, row, latlng) {
  change(view, view.corners.with(row, corner(latlng)));
}

function focusOn(view, row) {
  if (!view.corners.length) return view.field.focus();
  view.map.panInside(view.corners[row], { padding: [24, 24], animate: false });
  view.handles.getLayers()[row].getElement().querySelector("button").focus({ preventScroll: true });
}
