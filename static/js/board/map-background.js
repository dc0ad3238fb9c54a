// The background in `meta[name=map-background]`: coasts with towns or streets on them, or tiles of a host.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { addTowns } from "./map-towns.js";

export async function addBackground(map) {
  const setting = document.querySelector('meta[name="map-background"]')?.content;
  if (!setting) return;
  const { coast, towns, tiles } = JSON.parse(setting);
  L.control.attribution({ prefix: false }).addTo(map);
  if (coast) await attempt(() => addCoast(map, coast));
  if (tiles) await attempt(() => addTiles(map, tiles));
  if (towns) await attempt(() => addTowns(map, towns));
}

// A layer that cannot be fetched is missing, and the others stay; or the page was left meanwhile.
async function attempt(add) {
  try {
    await add();
  } catch (error) {
    console.warn(`a layer of the map is missing: ${error.message}`);
  }
}

async function addCoast(map, { url, script, attribution }) {
  const { coastLayer } = await import(script);
  (await coastLayer(L, url, named(attribution))).addTo(map);
}

async function addTiles(map, { url, script, attribution }) {
  const options = named(attribution);
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

const named = (attribution) => ({ attribution: escaped(attribution), className: "map-background" });

function escaped(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}
