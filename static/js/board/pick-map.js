// The map of `data-position`: a click sets its two fields, typing moves the marker.
import { coordinatesIn } from "./coordinates.js";
import { createMap, fitPoints, marker } from "./map-base.js";

export function pickOnMap() {
  const element = document.querySelector("[data-pick-map]");
  if (!element) return;
  const form = element.closest("[data-position]");
  const fields = [form.elements.latitude, form.elements.longitude];
  const picture = JSON.parse(element.dataset.pickMap);
  const map = createMap(element);
  const typed = typedPosition(fields);
  fitPoints(map, [...picture.sites.map((site) => site.at), ...picture.known, ...(typed ? [typed] : [])]);
  for (const at of picture.known) marker(at, "map-known", { size: 8 }).addTo(map);
  for (const site of picture.sites) marker(site.at, "map-site", { words: site.name, size: 14 }).addTo(map);
  const chosen = marker(typed ?? map.getCenter(), "map-disc hollow", { size: 16 });
  if (typed) chosen.addTo(map);
  map.on("click", ({ latlng }) => {
    fields[0].value = latlng.lat.toFixed(5);
    fields[1].value = latlng.lng.toFixed(5);
    chosen.setLatLng(latlng).addTo(map);
  });
  form.addEventListener("input", ({ target }) => {
    const pair = fields.includes(target) && coordinatesIn(target.value);
    if (pair) for (const [index, field] of fields.entries()) field.value = pair[index];
    const at = typedPosition(fields);
    if (at) chosen.setLatLng(at).addTo(map);
  });
}

function typedPosition(fields) {
  const at = fields.map((field) => Number.parseFloat(field.value.replace(",", ".")));
  const onEarth = Math.abs(at[0]) <= 90 && Math.abs(at[1]) <= 180;
  return onEarth ? at : null;
}
