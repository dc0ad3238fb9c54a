// The streets along a round: listed with the round, fetched on Wi-Fi or at the start, gone with it.
import assert from "node:assert/strict";
import test from "node:test";
import { Bank } from "../support/bank.js";
import { openPhonePage } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
document.head.insertAdjacentHTML("beforeend", '<meta name="street-map" content="/map.js"><meta name="street-map-style" content="/map.css">');
const network = { type: "cellular" };
Object.defineProperty(navigator, "connection", { value: network, configurable: true });
const kept = new Set();
const cache = { match: async (address) => kept.has(address), add: async (address) => kept.add(address) };
globalThis.caches = { open: async () => cache, delete: async () => kept.clear(), keys: async () => [] };
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { forgetStreets, hasStreets, storeStreets, streetsOf } = await load("streets");
const { readAll, updateRound } = await load("store");

const LISTED = { version: "v1", url: "/phone/streets/v1/{z}/{x}/{y}", attribution: "", tiles: [[14, 1, 2]], bytes: 2_000_000, legs: [] };

async function prepared(listed) {
  kept.clear();
  const bank = new Bank(round(3, 1, stop(31)));
  await newPhone(bank);
  const { fetch } = globalThis;
  globalThis.fetch = async (path, options) => (String(path).startsWith("/phone/streets/rounds/") ? Response.json(listed) : fetch(path, options));
  const snapshot = round(3, 1, stop(31));
  await updateRound(3, () => ({ round: 3, shown: snapshot, snapshot }));
}

test("on a metered network the size is known, and the tiles wait for a tap", async () => {
  await prepared(LISTED);
  await storeStreets();
  assert.equal(streetsOf(await readAll(), 3).bytes, 2_000_000);
  assert.deepEqual([hasStreets(await readAll(), 3), kept.size], [false, 0]);
  await storeStreets({ anyway: true });
  assert.equal(hasStreets(await readAll(), 3), true);
  assert.deepEqual([...kept], ["/map.js", "/map.css", "/phone/streets/v1/14/1/2"]);
});

test("on Wi-Fi they are fetched with the round, and go with the last one", async () => {
  network.type = "wifi";
  await prepared(LISTED);
  await storeStreets();
  assert.equal(hasStreets(await readAll(), 3), true);
  await forgetStreets();
  assert.equal(kept.size, 3);
  await updateRound(3, ({ streets, ...rest }) => rest);
  await forgetStreets();
  assert.equal(kept.size, 0);
});

test("without a region there is nothing to fetch", async () => {
  await prepared({ version: null, tiles: [], bytes: 0, legs: [] });
  await storeStreets();
  assert.deepEqual([streetsOf(await readAll(), 3), kept.size], [null, 0]);
});
