// Sets the two fields of `data-position` by a click on its map; typing moves the mark.
import { frame, mark, quietMap } from "./map-base.js";

export function pickOnMap() {
  const element = document.querySelector("[data-pick-map]");
  if (!element) return;
  const form = element.closest("[data-position]");
  const fields = [form.elements.latitude, form.elements.longitude];
  const picture = JSON.parse(element.dataset.pickMap);
  const map = quietMap(element);
  const present = typed(fields);
  frame(map, [...picture.sites.map((site) => site.at), ...picture.known, ...(present ? [present] : [])]);
  for (const at of picture.known) mark(at, "map-known", { size: 8 }).addTo(map);
  for (const site of picture.sites) mark(site.at, "map-site", { words: site.name, size: 14 }).addTo(map);
  const chosen = mark(present ?? map.getCenter(), "map-disc hollow", { size: 16 });
  if (present) chosen.addTo(map);
  map.on("click", ({ latlng }) => {
    fields[0].value = latlng.lat.toFixed(5);
    fields[1].value = latlng.lng.toFixed(5);
    chosen.setLatLng(latlng).addTo(map);
  });
  form.addEventListener("input", () => {
    const at = typed(fields);
    if (at) chosen.setLatLng(at).addTo(map);
  });
}

function typed(fields) {
  const at = fields.map((field) => Number.parseFloat(field.value.replace(",", ".")));
  const onEarth = Math.abs(at[0]) <= 90 && Math.abs(at[1]) <= 180;
  return onEarth ? at : null;
}
