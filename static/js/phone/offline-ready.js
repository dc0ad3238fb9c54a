// Readiness without a network: the page itself, and the label reader if the browser has none.
import { storeScanner } from "./scan.js";

let scanner = false;

// The page is stored only once the service worker has taken over.
export const offlineReady = () => Boolean(navigator.serviceWorker?.controller);

export const scannerReady = () => scanner;

export async function prepareOffline() {
  scanner = await storeScanner().catch(() => false);
  document.dispatchEvent(new CustomEvent("phone:changed"));
}
