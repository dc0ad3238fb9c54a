// The day's map: rounds as lines with their direction, stops as numbered discs, the tray hollow.
import { frame, L, mark, quietMap } from "./map-base.js";

const made = new WeakSet();
let view = null;

export function showDayMap() {
  const element = document.querySelector("[data-map]");
  if (!element || made.has(element)) return;
  made.add(element);
  const picture = JSON.parse(element.dataset.map);
  const day = element.closest("[data-day]").dataset.day;
  const map = quietMap(element);
  frame(map, everyPoint(picture));
  if (view?.day === day) map.setView(view.centre, view.zoom, { animate: false });
  for (const round of picture.rounds) drawRound(map, round);
  for (const site of picture.sites) mark(site.at, "map-site", { words: site.name, size: 14 }).addTo(map);
  for (const left of picture.tray) {
    const data = { pickup: left.pickup };
    mark(left.at, "map-disc hollow", { words: left.name, size: 16, data }).addTo(map);
  }
  map.on("moveend", () => {
    view = { day, centre: map.getCenter(), zoom: map.getZoom() };
  });
}

function everyPoint(picture) {
  return [
    ...picture.sites.map((site) => site.at),
    ...picture.rounds.flatMap((round) => round.line),
    ...picture.tray.map((left) => left.at),
  ];
}

function drawRound(map, round) {
  const lines = L.layerGroup().addTo(map);
  const line = L.polyline(round.line, { className: "map-line", weight: 2.5, interactive: false });
  line.addTo(lines).getElement().dataset.letter = round.letter;
  round.line.slice(1).forEach((to, index) => arrow(map, lines, round.letter, round.line[index], to));
  for (const stop of round.stops) {
    const data = { letter: round.letter, pickup: stop.pickup };
    const words = `${round.letter} ${stop.number} · ${stop.name}`;
    mark(stop.at, "map-disc", { words, text: stop.number, data }).addTo(map);
  }
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
