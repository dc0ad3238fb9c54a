// The export of events or of a photo as a file, for the day on which no other way works.
import { h } from "./dom.js";

const REVOKED_AFTER_MS = 60_000;

export const exportEvents = (events) =>
  saveFile(JSON.stringify(events, null, 2), "application/json", `round-${new Date().toISOString().slice(0, 10)}.json`);

export function saveFile(content, type, name) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), REVOKED_AFTER_MS);
}
