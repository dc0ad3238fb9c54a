// The day's map: rounds as lines with their direction, stops as numbered discs, the tray hollow.
import { forget } from "./index.js";
import { frame, L, mark, quietMap } from "./map-base.js";

const views = new WeakMap();
let seat = null;

export function showDayMap() {
  const element = document.querySelector("[data-map]");
  const data = document.querySelector("[data-map-data]");
  if (!element || !data) return;
  const said = data.dataset.mapData;
  const view = views.get(element) ?? open(element, JSON.parse(said));
  if (view.said === said) return;
  view.said = said;
  draw(view, JSON.parse(said));
  forget();
}

function open(element, picture) {
  const day = element.closest("[data-day]").dataset.day;
  const map = quietMap(element);
  frame(map, everyPoint(picture));
  if (seat?.day === day) map.setView(seat.centre, seat.zoom, { animate: false });
  map.on("moveend", () => {
    seat = { day, centre: map.getCenter(), zoom: map.getZoom() };
  });
  const view = { map, said: null, rounds: new Map(), others: L.layerGroup().addTo(map) };
  views.set(element, view);
  return view;
}

// A round that is as it was keeps its line and its discs.
function draw(view, picture) {
  const now = new Set(picture.rounds.map((round) => round.letter));
  for (const [letter, drawn] of view.rounds) {
    if (!now.has(letter)) drawn.layer.remove();
    if (!now.has(letter)) view.rounds.delete(letter);
  }
  for (const round of picture.rounds) {
    const said = JSON.stringify(round);
    const drawn = view.rounds.get(round.letter);
    if (drawn?.said === said) continue;
    drawn?.layer.remove();
    view.rounds.set(round.letter, { said, layer: drawRound(view.map, round) });
  }
  view.others.clearLayers();
  for (const site of picture.sites) mark(site.at, "map-site", { words: site.name, size: 14 }).addTo(view.others);
  for (const left of picture.tray) {
    const data = { pickup: left.pickup };
    mark(left.at, "map-disc hollow", { words: left.name, size: 16, data }).addTo(view.others);
  }
}

function everyPoint(picture) {
  return [
    ...picture.sites.map((site) => site.at),
    ...picture.rounds.flatMap((round) => round.line),
    ...picture.tray.map((left) => left.at),
  ];
}

function drawRound(map, round) {
  const layer = L.layerGroup().addTo(map);
  const line = L.polyline(round.line, { className: "map-line", weight: 2.5, interactive: false });
  line.addTo(layer).getElement().dataset.letter = round.letter;
  round.line.slice(1).forEach((to, index) => arrow(map, layer, round.letter, round.line[index], to));
  for (const stop of round.stops) {
    const data = { letter: round.letter, pickup: stop.pickup };
    const words = `${round.letter} ${stop.number} · ${stop.name}`;
    mark(stop.at, "map-disc", { words, text: stop.number, data }).addTo(layer);
  }
  return layer;
}

// A line's angle on the map stays what it is at every zoom, so the arrow is turned once.
function arrow(map, layer, letter, from, to) {
  const [a, b] = [map.project(from, 12), map.project(to, 12)];
  if (a.distanceTo(b) < 40) return;
  const middle = map.unproject(a.add(b).divideBy(2), 12);
  const marker = mark(middle, "map-arrow", { size: 9, data: { letter } });
  marker.options.interactive = false;
  const turn = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
  marker.options.icon.options.html.style.rotate = `${turn}deg`;
  marker.addTo(layer);
}
