// The label reader for browsers without one, loaded on the first scan.
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

export function detector(formats) {
  const wasm = document.querySelector('meta[name="scanner-wasm"]').content;
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector({ formats });
}
