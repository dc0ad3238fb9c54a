// Coasts and borders of Natural Earth (public domain), from the npm package world-atlas (ISC).
import { createHash } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { feature } from "topojson-client";

const { resolve } = createRequire(import.meta.url);
const WORLD = resolve("world-atlas/countries-10m.json");
const COARSE = resolve("world-atlas/countries-50m.json");
const FRANCE = "250";
// West, south, east and north of the directory's drawing, in degrees, as in collector/web/public_map.py.
const DIRECTORY = [-5.4, 41.2, 9.8, 51.4];

// Returns the built name of each data file.
export async function buildCoasts(out) {
  const world = named("coast", await readFile(WORLD));
  await copyFile(WORLD, path.join(out, world));
  const outlines = JSON.stringify(await directoryOutlines());
  const drawn = named("directory-land", outlines);
  await writeFile(path.join(out, drawn), outlines);
  return { "data/coast.json": world, "data/directory-land.json": drawn };
}

const named = (name, content) =>
  `${name}-${createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase()}.json`;

// The outer rings that reach into the drawing: longitude and latitude, a hundredth of a degree.
async function directoryOutlines() {
  const atlas = JSON.parse(await readFile(COARSE, "utf8"));
  return feature(atlas, atlas.objects.countries).features.flatMap(({ id, geometry }) => {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const rings = polygons.map(([outer]) => outer).filter(reachesIn);
    return rings.map((ring) => ({ home: id === FRANCE, ring: ring.map((point) => point.map((each) => Number(each.toFixed(2)))) }));
  });
}

function reachesIn(ring) {
  const [west, south, east, north] = DIRECTORY;
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  return Math.max(...xs) > west && Math.min(...xs) < east && Math.max(...ys) > south && Math.min(...ys) < north;
}
