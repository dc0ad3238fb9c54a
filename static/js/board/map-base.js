// The base of every map: plain grey, squares for sites, and a background if the bank has one.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { addBackground } from "./map-background.js";

const DISC = 22;
const OVERLAP = 9;

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
  const zIndexOffset = className === "map-site" ? 500 : 0;
  const made = L.marker(at, { icon, keyboard: false, zIndexOffset, spread: className.startsWith("map-disc") });
  return words ? made.bindTooltip(words, { direction: "top", offset: [0, -size / 2] }) : made;
}

// Discs that lie on one another stand in a ring around their place, at every zoom.
export function spreadMarkers(map, layers) {
  const homes = new Map();
  const spread = () => {
    const discs = layers().flatMap((layer) => layer.getLayers()).filter((each) => each instanceof L.Marker && each.options.spread);
    for (const disc of discs) if (!homes.has(disc)) homes.set(disc, disc.getLatLng());
    for (const disc of homes.keys()) if (!discs.includes(disc)) homes.delete(disc);
    for (const ring of rings(map, homes)) placeRing(map, ring, homes);
  };
  map.on("zoomend", spread);
  return spread;
}

function rings(map, homes) {
  const found = [];
  for (const [disc, home] of homes) {
    const at = map.latLngToLayerPoint(home);
    const ring = found.find((each) => each.at.distanceTo(at) < OVERLAP);
    if (ring) ring.discs.push(disc);
    else found.push({ at, discs: [disc] });
  }
  return found;
}

function placeRing(map, { at, discs }, homes) {
  const radius = Math.max(DISC / 2, (discs.length * DISC) / (2 * Math.PI));
  discs.forEach((disc, row) => {
    const turn = (2 * Math.PI * row) / discs.length - Math.PI / 2;
    const place = at.add([radius * Math.cos(turn), radius * Math.sin(turn)]);
    disc.setLatLng(discs.length > 1 ? map.layerPointToLatLng(place) : homes.get(disc));
  });
}

export function fitPoints(map, points) {
  if (points.length) map.fitBounds(L.latLngBounds(points).pad(0.06), { animate: false, maxZoom: 13 });
  else map.setView([46.6, 2.4], 5);
}

export { L };
