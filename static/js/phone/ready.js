// What is on board: the page itself, and the label reader where the browser has none.
import { keepScanner } from "./scan.js";

let scanner = false;

// The page itself is kept only once the service worker has taken over.
export const offlineReady = () => Boolean(navigator.serviceWorker?.controller);

export const scannerReady = () => scanner;

export async function prepare() {
  scanner = await keepScanner().catch(() => false);
  document.dispatchEvent(new CustomEvent("phone:changed"));
}
