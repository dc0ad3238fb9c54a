// The label reader for browsers that have none: loaded only when somebody scans.
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

export function detector(formats) {
  const wasm = document.querySelector('meta[name="scanner-wasm"]').content;
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector({ formats });
}
