// Readiness without a network: the page itself, and the label reader if the browser has none.
import { needsScanner, scannerStored, storeScanner } from "./scan.js";

let scanner = false;
let deferred = false;
let kept = null;

// The page is stored only once the service worker has taken over.
export const offlineReady = () => Boolean(navigator.serviceWorker?.controller);

export const scannerReady = () => scanner;

// Whether the label reader waits for a network that costs nothing.
export const scannerDeferred = () => deferred;

// The browser's answer to the wish to keep the round: true, false, or null where it gives none.
export const isKept = () => kept;

export async function askToKeep() {
  kept = (await navigator.storage?.persist?.()) ?? null;
  document.dispatchEvent(new CustomEvent("phone:changed"));
}

// Bytes on the way to this phone, compressed; 0 for a label reader that is a part of the browser.
export const appBytes = () => bytesOf("app-bytes");
export const scannerBytes = () => (needsScanner() ? bytesOf("scanner-bytes") : 0);

const bytesOf = (name) => Number(document.querySelector(`meta[name="${name}"]`)?.content ?? 0);

const metered = ({ connection } = navigator) => connection?.type === "cellular" || connection?.saveData === true;

/** @param {{ anyway?: boolean }} [options] `anyway` fetches the label reader also where the network is metered */
export async function prepareOffline({ anyway = false } = {}) {
  deferred = !anyway && needsScanner() && metered() && !(await scannerStored().catch(() => false));
  scanner = !deferred && (await storeScanner().catch(() => false));
  document.dispatchEvent(new CustomEvent("phone:changed"));
}

// Wi-Fi that comes later fetches the label reader as well.
export const watchNetwork = () => navigator.connection?.addEventListener?.("change", () => deferred && prepareOffline());
