// Names of towns on a map without streets; of names that would lie on one another the first is shown.
import * as L from "leaflet/dist/leaflet-src.esm.js";

const LETTER = 7;
const LINE = 16;

export async function addTowns(map, url) {
  const answer = await fetch(url, { headers: { "X-Milkround-Background": "1" } });
  if (!answer.ok) return;
  const { towns } = await answer.json();
  const layer = L.layerGroup().addTo(map);
  const draw = () => drawTowns(map, layer, towns);
  map.on("zoomend resize", draw);
  draw();
}

function drawTowns(map, layer, towns) {
  layer.clearLayers();
  const taken = [];
  for (const { name, at } of towns) {
    const box = boxOf(map.latLngToLayerPoint(at), name);
    if (taken.some((other) => other.overlaps(box))) continue;
    taken.push(box);
    const label = document.createElement("span");
    label.textContent = name;
    const icon = L.divIcon({ className: "map-town", html: label, iconSize: [name.length * LETTER, LINE] });
    L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(layer);
  }
}

function boxOf(at, name) {
  const half = L.point((name.length * LETTER) / 2 + LETTER, LINE);
  return L.bounds(at.subtract(half), at.add(half));
}
