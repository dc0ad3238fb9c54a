// Label reading by camera: the browser's own detector, or ours, loaded on demand.
const FORMATS = ["code_128", "code_39", "data_matrix", "qr_code", "ean_13"];
const EVERY_MS = 250;

export async function scan(place, found) {
  const detector = await detectorOf();
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
  place.replaceChildren(video);
  await video.play();
  const timer = setInterval(async () => {
    if (!video.isConnected) return stop();
    const codes = await detector.detect(video).catch(() => []);
    for (const { rawValue } of codes) found(rawValue);
  }, EVERY_MS);
  function stop() {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    place.replaceChildren();
    return null;
  }
  return stop;
}

async function detectorOf() {
  if ("BarcodeDetector" in globalThis) return new globalThis.BarcodeDetector({ formats: FORMATS });
  const { detector } = await import(scannerAddress());
  return detector(FORMATS);
}

export const scannerAddress = () => document.querySelector('meta[name="scanner"]').content;

export const needsScanner = () => !("BarcodeDetector" in globalThis) && Boolean(navigator.mediaDevices);

const neededFiles = () => [scannerAddress(), document.querySelector('meta[name="scanner-wasm"]').content];
const scannerCache = () => caches.open("milkround-scanner");

export async function scannerStored() {
  const cache = await scannerCache();
  const found = await Promise.all(neededFiles().map((address) => cache.match(address)));
  return found.every(Boolean);
}

// Stores our detector while there is a network, if the browser has none of its own.
export async function storeScanner() {
  if (!needsScanner()) return true;
  const cache = await scannerCache();
  for (const address of neededFiles()) if (!(await cache.match(address))) await cache.add(address);
  return true;
}
