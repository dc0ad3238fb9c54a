// The base of every map: plain grey, squares for sites, and a background if the bank has one.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { addBackground } from "./map-background.js";

export function createMap(element) {
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

export function marker(at, className, { words = "", text = "", size = 22, data = {} } = {}) {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  Object.assign(element.dataset, data);
  const icon = L.divIcon({ className: "", html: element, iconSize: [size, size] });
  const made = L.marker(at, { icon, keyboard: false, zIndexOffset: className === "map-site" ? 500 : 0 });
  return words ? made.bindTooltip(words, { direction: "top", offset: [0, -size / 2] }) : made;
}

export function fitPoints(map, points) {
  if (points.length) map.fitBounds(L.latLngBounds(points).pad(0.06), { animate: false, maxZoom: 13 });
  else map.setView([46.6, 2.4], 5);
}

export { L };
