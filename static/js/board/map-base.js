// A quiet map: grey paper, squares for sites. A background only where the bank configured one.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { addBackground } from "./map-background.js";

export function quietMap(element) {
  const map = L.map(element, {
    attributionControl: false,
    keyboard: false,
    zoomSnap: 0.25,
    scrollWheelZoom: true,
    fadeAnimation: false,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  addBackground(map);
  return map;
}

export function mark(at, className, { words = "", text = "", size = 22, data = {} } = {}) {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  Object.assign(element.dataset, data);
  const icon = L.divIcon({ className: "", html: element, iconSize: [size, size] });
  const marker = L.marker(at, { icon, keyboard: false, zIndexOffset: className === "map-site" ? 500 : 0 });
  return words ? marker.bindTooltip(words, { direction: "top", offset: [0, -size / 2] }) : marker;
}

export function frame(map, points) {
  if (points.length) map.fitBounds(L.latLngBounds(points).pad(0.06), { animate: false, maxZoom: 13 });
  else map.setView([46.6, 2.4], 5);
}

export { L };
