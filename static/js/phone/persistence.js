// The browser's answer to the wish that it keep what is on this phone, even if space runs short.
import { h, message } from "./dom.js";
import { t } from "./texts.js";

let kept = null;

export async function askPersistence() {
  const storage = navigator.storage;
  kept = (await storage?.persist?.().catch(() => null)) ?? null;
  document.dispatchEvent(new CustomEvent("phone:changed"));
}

export const persistence = () => kept;

export function persistenceNote() {
  if (kept === true) return h("p", { class: "soft" }, t("storage_kept"));
  return message("warn", h("p", {}, t(kept === false ? "storage_not_kept" : "storage_unknown")), h("p", {}, t("storage_remedy")));
}
