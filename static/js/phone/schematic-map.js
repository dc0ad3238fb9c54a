// The round as a map: with the streets on board, else as a drawing; no request to a map service.
import { h } from "./dom.js";
import { icon, svg } from "./icons.js";
import { showStreets } from "./streets.js";
import { t } from "./texts.js";

const SIZE = 320;
const EDGE = 24;

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 */
export function schematicMap(model, stored) {
  const { start, end } = model.snapshot;
  const known = ({ latitude }) => latitude !== null && latitude !== undefined;
  const stops = model.stops.filter((stop) => known(stop.address));
  const freezers = (place) => model.emptyings.filter((each) => each.place === place);
  const halts = model.stops.flatMap((stop) => [stop.address, ...freezers(stop.place)]);
  const places = [start, ...freezers(0), ...halts, end].filter((place) => place && known(place));
  if (stops.length < 2) return null;
  const at = scale(places);
  const picture = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": t("drawing"), class: "drawing" });
  picture.append(svg("polyline", { points: places.map((place) => at(place).join(",")).join(" ") }));
  for (const stop of stops) {
    const [x, y] = at(stop.address);
    const disc = svg("circle", { cx: x, cy: y, r: 13, class: stop === model.next ? "next" : stop.state.phase });
    picture.append(disc, svg("text", { x, y: y + 5 }, stop.place));
  }
  const place = h("div", { class: "drawn" }, picture);
  const fold = h("details", { class: "fold", id: "drawing" }, h("summary", {}, icon("map"), t("drawing")), place);
  fold.addEventListener("toggle", () => fold.open && showStreets(place, model, stored));
  return fold;
}

// North is up, and a kilometre has one length in both directions.
function scale(places) {
  const shrink = Math.cos((places[0].latitude * Math.PI) / 180);
  const [xs, ys] = [places.map((place) => place.longitude * shrink), places.map((place) => place.latitude)];
  const [left, top] = [Math.min(...xs), Math.max(...ys)];
  const span = Math.max(Math.max(...xs) - left, top - Math.min(...ys), 1e-6);
  const by = (SIZE - 2 * EDGE) / span;
  return (place) => [EDGE + (place.longitude * shrink - left) * by, EDGE + (top - place.latitude) * by];
}
