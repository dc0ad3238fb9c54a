// The label reader is fetched ahead, but on a metered network only when it is wanted.
import assert from "node:assert/strict";
import test from "node:test";
import { openPhonePage } from "../support/page.js";

openPhonePage();
document.head.insertAdjacentHTML("beforeend", '<meta name="scanner-wasm" content="/reader.wasm"><meta name="scanner-bytes" content="371000">');
Object.defineProperty(navigator, "mediaDevices", { value: {} });
const network = Object.assign(document.createElement("div"), { type: "cellular" });
Object.defineProperty(navigator, "connection", { value: network });
const kept = new Set();
globalThis.caches = { open: async () => ({ match: async (address) => kept.has(address), add: async (address) => kept.add(address) }) };
const ready = await import("../../../static/js/phone/offline-ready.js");

test("the label reader waits for Wi-Fi, or for a tap", async () => {
  assert.equal(ready.scannerBytes(), 371_000);
  await ready.prepareOffline();
  assert.deepEqual([ready.scannerReady(), ready.scannerDeferred(), kept.size], [false, true, 0]);
  await ready.prepareOffline({ anyway: true });
  assert.deepEqual([ready.scannerReady(), ready.scannerDeferred(), [...kept]], [true, false, ["/scanner.js", "/reader.wasm"]]);
  await ready.prepareOffline();
  assert.equal(ready.scannerReady(), true);
});

test("Wi-Fi that comes later fetches it", async () => {
  kept.clear();
  await ready.prepareOffline();
  ready.watchNetwork();
  network.type = "wifi";
  network.dispatchEvent(new Event("change"));
  while (!ready.scannerReady()) await new Promise(setImmediate);
  assert.equal(kept.size, 2);
});
