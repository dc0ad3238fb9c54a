// The round on its streets, on the phone; this program and its tiles are on board, loaded on demand.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { decodePolyline } from "./board/polyline.js";
import { vectorLayer } from "./vector-map.js";

export async function drawStreets(place, model, { url, attribution, legs }) {
  const element = document.createElement("div");
  element.className = "street-map";
  place.replaceChildren(element);
  const map = L.map(element, { zoomSnap: 0.5, fadeAnimation: false });
  map.attributionControl.setPrefix(false);
  const stops = model.stops.filter(({ address }) => address.latitude !== null);
  const places = [model.snapshot.start, ...stops.map(({ address }) => address), model.snapshot.end].map(at);
  map.fitBounds(L.latLngBounds(places).pad(0.1), { animate: false, maxZoom: 14 });
  // protomaps-leaflet expects Leaflet as a global, as from a script tag.
  globalThis.L = L;
  const { theme } = document.documentElement.dataset;
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  const style = { flavor: dark ? "dark" : "light", lang: document.documentElement.lang };
  (await vectorLayer({ url, attribution, ...style })).addTo(map);
  legs.forEach((leg, row) => L.polyline(leg ? decodePolyline(leg) : [places[row], places[row + 1]], { className: "round-line", weight: 4, interactive: false }).addTo(map));
  for (const stop of stops) disc(stop, model).addTo(map);
}

const at = ({ latitude, longitude }) => [latitude, longitude];

function disc(stop, model) {
  const html = document.createElement("span");
  html.className = `disc ${stop === model.next ? "next" : stop.state.phase}`;
  html.textContent = stop.place;
  return L.marker(at(stop.address), { icon: L.divIcon({ className: "", html, iconSize: [26, 26] }), keyboard: false });
}
