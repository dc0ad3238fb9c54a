// Coasts and borders under a map without streets, cut into tiles in the browser; loaded only there.
import geojsonvt from "geojson-vt";
import { feature, mesh } from "topojson-client";

const EXTENT = 4096;
const CUT = { maxZoom: 14, indexMaxZoom: 3, tolerance: 2, extent: EXTENT, buffer: 32 };
const POLYGON = 3;

// `L` is the page's own Leaflet: two copies of it do not know one another's layers.
export async function coastLayer(L, url, options) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const atlas = await answer.json();
  const land = geojsonvt(feature(atlas, atlas.objects.land), CUT);
  const borders = geojsonvt(mesh(atlas, atlas.objects.countries, (here, there) => here !== there), CUT);
  const Coast = L.GridLayer.extend({
    createTile({ x, y, z }) {
      return drawn(this.getTileSize().x, [land.getTile(z, x, y), borders.getTile(z, x, y)], colours(this._map.getContainer()));
    },
  });
  return new Coast({ ...options, maxNativeZoom: CUT.maxZoom, maxZoom: 19, keepBuffer: 1 });
}

// A canvas does not know `light-dark()`: an element tells the colour that it stands for.
function colours(element) {
  const probe = element.appendChild(document.createElement("i"));
  const found = ["sea", "land", "border"].map((name) => {
    probe.style.color = `var(--map-${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(found);
}

function drawn(size, [land, borders], { sea, land: ground, border }) {
  const tile = document.createElement("canvas");
  const scale = window.devicePixelRatio || 1;
  tile.width = tile.height = size * scale;
  const paper = tile.getContext("2d");
  paper.scale((size * scale) / EXTENT, (size * scale) / EXTENT);
  paper.fillStyle = sea;
  paper.fillRect(0, 0, EXTENT, EXTENT);
  paper.fillStyle = ground;
  for (const shape of land?.features ?? []) if (shape.type === POLYGON) trace(paper, shape.geometry).fill("evenodd");
  paper.strokeStyle = border;
  paper.lineWidth = (1.5 * EXTENT) / size;
  for (const shape of borders?.features ?? []) trace(paper, shape.geometry).stroke();
  return tile;
}

function trace(paper, rings) {
  paper.beginPath();
  for (const ring of rings) ring.forEach(([x, y], row) => (row ? paper.lineTo(x, y) : paper.moveTo(x, y)));
  return paper;
}
