// Vector tiles of a PMTiles archive, loaded only if the bank has one.
import { PMTiles } from "pmtiles";
import { leafletLayer } from "protomaps-leaflet";

export async function vectorLayer({ url, ...options }) {
  const archive = new PMTiles(url);
  const { maxZoom } = await archive.getHeader();
  return leafletLayer({ ...options, url: archive, maxDataZoom: maxZoom });
}
