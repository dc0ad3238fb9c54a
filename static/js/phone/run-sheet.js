// The run sheet on board: fetched with the round, shown and printed without a network.
import { RequestFailed, SignedOut, DeviceRevoked, fetchText } from "./api.js";
import { back, button, h } from "./dom.js";
import { readAll, updateRound } from "./store.js";
import { t } from "./texts.js";

let running = null;

// Fetches the sheet of each round whose stored one is missing or of another revision.
export function storeSheets() {
  running ??= fetchSheets().finally(() => (running = null));
  return running;
}

async function fetchSheets() {
  for (const { round, snapshot, sheet } of (await readAll()).rounds) {
    if (!snapshot || sheet?.revision === snapshot.revision) continue;
    const html = await fetchText(`/phone/rounds/${round}/sheet`).catch(notReached);
    if (html === null) return;
    await updateRound(round, (current) => current?.snapshot && { ...current, sheet: { revision: snapshot.revision, html } });
    document.dispatchEvent(new CustomEvent("phone:changed"));
  }
}

// The next exchange with the bank tries again.
function notReached(error) {
  if ([RequestFailed, SignedOut, DeviceRevoked].some((kind) => error instanceof kind)) return null;
  throw error;
}

export const hasSheet = (stored, round) => Boolean(stored.rounds.find((each) => each.round === round)?.sheet);

/**
 * @param {import("./round").Stored} stored
 * @param {number} round
 */
export function sheetPage(stored, round) {
  const found = stored.rounds.find((each) => each.round === round)?.sheet;
  if (!found) return [back(t("back"), "#/sync"), h("p", {}, t("sheet_missing"))];
  const page = new DOMParser().parseFromString(found.html, "text/html").querySelector("main");
  return [
    back(t("back"), "#/sync"),
    button(t("sheet_print"), () => print(), { class: "full", id: "print" }),
    h("article", { class: "run-sheet", tabindex: 0, "aria-label": t("sheet") }, ...page.childNodes),
  ];
}
