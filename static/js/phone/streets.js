// The streets along a round on board: plain tiles by zoom, column and row, fetched once, shown offline.
import { RequestFailed, SignedOut, DeviceRevoked, fetchJson } from "./api.js";
import { readAll, updateRound } from "./store.js";

const CACHE = "milkround-streets";
const AT_ONCE = 6;
let running = null;

const content = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const metered = ({ connection } = navigator) => connection?.type === "cellular" || connection?.saveData === true;

export const streetsOf = (stored, round) => {
  const found = stored.rounds.find((each) => each.round === round)?.streets;
  return found?.version ? found : null;
};
export const hasStreets = (stored, round) => Boolean(streetsOf(stored, round)?.there);

/**
 * Lists the tiles of each round, and fetches them; on a metered network at the start of the round or when asked to.
 * @param {{ anyway?: boolean }} [options]
 */
export function storeStreets({ anyway = false } = {}) {
  running ??= fetchAll(anyway).finally(() => (running = null));
  return running;
}

async function fetchAll(anyway) {
  if (!globalThis.caches || !content("street-map")) return;
  const { rounds, events } = await readAll();
  for (const { round, snapshot, streets } of rounds) {
    if (!snapshot || (streets?.revision === snapshot.revision && (streets.there || !streets.version))) continue;
    const started = events.some((event) => event.round === round && event.kind === "started");
    try {
      await fetchOf(round, snapshot.revision, streets, anyway || started || !metered());
    } catch (error) {
      if (![RequestFailed, SignedOut, DeviceRevoked, TypeError].some((kind) => error instanceof kind)) throw error;
      return;
    }
  }
}

async function fetchOf(round, revision, known, wanted) {
  const listed = known?.revision === revision ? known : await fetchJson(`/phone/streets/rounds/${round}`);
  const there = Boolean(listed.version) && wanted;
  if (known?.revision === revision && !there) return;
  if (there) await putOnBoard(listed);
  await updateRound(round, (current) => current?.snapshot && { ...current, streets: { ...listed, revision, there } });
  document.dispatchEvent(new CustomEvent("phone:changed"));
}

async function putOnBoard({ url, tiles }) {
  const cache = await caches.open(CACHE);
  const addresses = [content("street-map"), content("street-map-style"), ...tiles.map((tile) => addressOf(url, tile))];
  for (let from = 0; from < addresses.length; from += AT_ONCE) {
    await Promise.all(addresses.slice(from, from + AT_ONCE).map((address) => putOne(cache, address)));
  }
}

async function putOne(cache, address) {
  if (!(await cache.match(address))) await cache.add(address);
}

const addressOf = (url, [zoom, column, row]) =>
  url.replace("{z}", String(zoom)).replace("{x}", String(column)).replace("{y}", String(row));

// The tiles tell where a round leads: they go with the last round on this phone.
export async function forgetStreets() {
  if (!globalThis.caches) return;
  const { rounds } = await readAll();
  if (!rounds.some(({ streets }) => streets)) await caches.delete(CACHE);
}

/**
 * Draws the round on its streets in place of the drawing, once they are on board.
 * @param {HTMLElement} place
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 */
export async function showStreets(place, model, stored) {
  const streets = streetsOf(stored, model.snapshot.round);
  if (!streets?.there || place.dataset.drawn) return;
  place.dataset.drawn = "yes";
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: content("street-map-style") });
  document.head.append(style);
  const { drawStreets } = await import(content("street-map"));
  await drawStreets(place, model, streets);
}
