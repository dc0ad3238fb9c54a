// The export of events as a file, for the day on which no other way works.
import { h } from "./dom.js";

const REVOKED_AFTER_MS = 60_000;

export function exportEvents(events) {
  const file = new Blob([JSON.stringify(events, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: `round-${new Date().toISOString().slice(0, 10)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKED_AFTER_MS);
}
