// Reads labels through the camera: the browser's own detector, else one that is loaded when wanted.
const FORMATS = ["code_128", "code_39", "data_matrix", "qr_code", "ean_13"];
const EVERY = 250;

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
  }, EVERY);
  function stop() {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    place.replaceChildren();
    return null;
  }
  return stop;
}

async function detectorOf() {
  if ("BarcodeDetector" in globalThis) return new BarcodeDetector({ formats: FORMATS });
  const { detector } = await import(scannerAddress());
  return detector(FORMATS);
}

export const scannerAddress = () => document.querySelector('meta[name="scanner"]').content;

// Where the browser has no detector of its own, ours is fetched while there is a network.
export async function keepScanner() {
  if ("BarcodeDetector" in globalThis || !navigator.mediaDevices) return true;
  const wanted = [scannerAddress(), document.querySelector('meta[name="scanner-wasm"]').content];
  const kept = await caches.open("milkround-scanner");
  for (const address of wanted) if (!(await kept.match(address))) await kept.add(address);
  return true;
}
