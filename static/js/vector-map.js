// Vector tiles, loaded only if there are any: of a PMTiles archive, or of the region by z/x/y.
import { PMTiles } from "pmtiles";
import { leafletLayer } from "protomaps-leaflet";

export const REGION_ZOOM = 14;

export async function vectorLayer({ url, ...options }) {
  if (url.includes("{z}")) {
    const layer = leafletLayer({ ...options, url, maxDataZoom: REGION_ZOOM });
    // The region's tiles have no land of their own: the paper of the map shows through.
    layer.backgroundColor = undefined;
    return layer;
  }
  const archive = new PMTiles(url);
  const { maxZoom } = await archive.getHeader();
  return leafletLayer({ ...options, url: archive, maxDataZoom: maxZoom });
}
