// The button of the camera with its viewfinder: each code that it reads goes to one function.
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { scan } from "./scan.js";
import { t } from "./texts.js";

// `found(number)` takes a number that was read and returns what is said of it.
export function scanPart(found) {
  const viewfinder = h("div", { class: "scanner" });
  const status = h("p", { role: "status", class: "hint" });
  const key = button(t("scan"), toggle, { class: "full", icon: "camera" });
  let stopScan = null;

  function read(code) {
    status.replaceChildren(...[found(withoutIdentifier(code))].flat());
    navigator.vibrate?.(60);
  }

  async function toggle() {
    if (stopScan) {
      stopScan = stopScan();
      key.replaceChildren(icon("camera"), t("scan"));
      return;
    }
    try {
      status.replaceChildren(t("scan_hint"));
      stopScan = await scan(viewfinder, read);
      key.replaceChildren(t("scan_stop"));
    } catch {
      status.replaceChildren(t("scan_no_camera"));
    }
  }

  return navigator.mediaDevices ? [key, viewfinder, status] : [];
}

export const readSign = (number) => [icon("check"), t("scan_found", { number })];

// ISBT 128 puts data identifiers before a donation number; they are no part of it.
const withoutIdentifier = (code) => code.trim().replace(/^[=&][%<>(]?/, "").toUpperCase();
