// The map of rounds: lines with arrows, stops as numbered discs, visits in no round as hollow ones.
import { L, createMap, fitPoints, marker, spreadMarkers } from "./map-base.js";
import { decodePolyline } from "./polyline.js";
import { resetIndex } from "./visit-index.js";

const views = new WeakMap();
let lastView = null;

export function showDayMap() {
  const element = document.querySelector("[data-map]");
  const data = document.querySelector("[data-map-data]");
  if (!element || !data) return;
  const drawnFrom = data.dataset.mapData;
  const picture = { sites: [], rounds: [], tray: [], marks: [], zones: [], ...JSON.parse(drawnFrom) };
  const view = views.get(element) ?? open(element, picture);
  if (view.drawnFrom === drawnFrom) return;
  view.drawnFrom = drawnFrom;
  draw(view, picture);
  resetIndex();
}

function open(element, picture) {
  const day = element.closest("[data-day]")?.dataset.day;
  const map = createMap(element);
  fitPoints(map, picture.focus ?? everyPoint(picture));
  if (day && lastView?.day === day) map.setView(lastView.centre, lastView.zoom, { animate: false });
  map.on("moveend", () => {
    lastView = { day, centre: map.getCenter(), zoom: map.getZoom() };
  });
  const view = { map, drawnFrom: null, rounds: new Map(), others: L.layerGroup().addTo(map) };
  view.spread = spreadMarkers(map, () => [view.others, ...[...view.rounds.values()].map((drawn) => drawn.layer)]);
  views.set(element, view);
  return view;
}

// An unchanged round keeps its line and its discs.
function draw(view, picture) {
  const now = new Set(picture.rounds.map((round) => round.letter));
  for (const [letter, drawn] of view.rounds) {
    if (!now.has(letter)) drawn.layer.remove();
    if (!now.has(letter)) view.rounds.delete(letter);
  }
  for (const round of picture.rounds) {
    const drawnFrom = JSON.stringify(round);
    const drawn = view.rounds.get(round.letter);
    if (drawn?.drawnFrom === drawnFrom) continue;
    drawn?.layer.remove();
    view.rounds.set(round.letter, { drawnFrom, layer: drawRound(view.map, round) });
  }
  view.others.clearLayers();
  for (const zone of picture.zones) drawOutline(zone, view.others);
  for (const site of picture.sites) marker(site.at, "map-site", { words: site.name, size: 14 }).addTo(view.others);
  for (const left of picture.tray) {
    const data = { pickup: left.pickup };
    marker(left.at, "map-disc hollow", { words: left.name, size: 16, data }).addTo(view.others);
  }
  for (const mark of picture.marks) drawMark(mark).addTo(view.others);
  view.spread();
}

function everyPoint(picture) {
  return [
    ...picture.sites.map((site) => site.at),
    ...picture.rounds.flatMap((round) => round.line),
    ...picture.tray.map((left) => left.at),
    ...picture.marks.map((mark) => mark.at),
  ];
}

function drawOutline({ outline, letter, name }, layer) {
  if (!outline.length) return;
  const shape = L.polygon(outline, { className: "zone-shape", weight: 1 }).addTo(layer);
  shape.bindTooltip(name, { sticky: true }).getElement().dataset.letter = letter;
}

// A disc of its own: a donor, a lactarium, or the last place of a collector's phone.
function drawMark({ at, name, text = "", letter = "", kind = "plain" }) {
  const size = kind === "plain" || kind === "phone" ? 22 : 16;
  return marker(at, `map-disc ${kind}`, { words: name, text, size, data: letter ? { letter } : {} });
}

function drawRound(map, round) {
  const layer = L.layerGroup().addTo(map);
  round.legs.forEach((path, index) => drawLeg(map, layer, round, path, index));
  for (const stop of round.stops) {
    const data = { letter: round.letter, pickup: stop.pickup };
    const words = `${round.letter} ${stop.number} · ${stop.name}`;
    marker(stop.at, `map-disc${stop.past ? " past" : ""}`, { words, text: stop.number, data }).addTo(layer);
  }
  if (round.phone) drawMark({ ...round.phone, kind: "phone", text: round.letter, letter: round.letter }).addTo(layer);
  return layer;
}

// A leg follows the roads; an estimated one is a dashed line from door to door.
function drawLeg(map, layer, round, path, index) {
  const ends = [round.line[index], round.line[index + 1]];
  const points = path ? [ends[0], ...decodePolyline(path), ends[1]] : ends;
  const dotted = !path && round.legs.some(Boolean) ? " is-estimated" : "";
  const className = `map-line${dotted}${index < (round.driven ?? 0) ? " is-driven" : ""}`;
  const line = L.polyline(points, { className, weight: 3, interactive: false }).addTo(layer);
  line.getElement().dataset.letter = round.letter;
  const middle = Math.max(1, Math.floor(points.length / 2));
  if (farApart(map, ends[0], ends[1])) arrow(map, layer, round.letter, points[middle - 1], points[middle]);
}

function farApart(map, from, to) {
  return map.project(from, 12).distanceTo(map.project(to, 12)) >= 40;
}

// The angle of a line on the map is the same at every zoom, so the arrow is turned once.
function arrow(map, layer, letter, from, to) {
  const [a, b] = [map.project(from, 12), map.project(to, 12)];
  const middle = map.unproject(a.add(b).divideBy(2), 12);
  const head = marker(middle, "map-arrow", { size: 9, data: { letter } });
  head.options.interactive = false;
  const turn = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
  head.options.icon.options.html.style.rotate = `${turn}deg`;
  head.addTo(layer);
}
