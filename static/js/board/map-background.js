// The background in `meta[name=map-background]`: tiles by z/x/y, or a vector archive.
import * as L from "leaflet/dist/leaflet-src.esm.js";

export async function addBackground(map) {
  const setting = document.querySelector('meta[name="map-background"]')?.content;
  if (!setting) return;
  const { url, attribution, script } = JSON.parse(setting);
  L.control.attribution({ prefix: false }).addTo(map);
  const options = { attribution: escaped(attribution), className: "map-background" };
  if (!script) {
    L.tileLayer(url, { ...options, maxZoom: 19 }).addTo(map);
    return;
  }
  // protomaps-leaflet expects Leaflet as a global, as from a script tag.
  window.L = L;
  const { vectorLayer } = await import(script);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const style = { flavor: dark ? "dark" : "light", lang: document.documentElement.lang };
  (await vectorLayer({ ...options, ...style, url })).addTo(map);
}

function escaped(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}
