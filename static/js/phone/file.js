// A file for the day on which nothing else works: everything said, as it was said.
import { h } from "./dom.js";

const A_MINUTE = 60_000;

export function save(events) {
  const file = new Blob([JSON.stringify(events, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: `round-${new Date().toISOString().slice(0, 10)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), A_MINUTE);
}
