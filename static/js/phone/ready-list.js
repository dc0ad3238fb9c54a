// Readiness without a network, line by line; the green title appears only if every line is ready.
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { appBytes, offlineReady, prepareOffline, scannerBytes, scannerDeferred, scannerReady } from "./offline-ready.js";
import { persistence } from "./persistence.js";
import { hasSheet } from "./run-sheet.js";
import { hasStreets, storeStreets, streetsOf } from "./streets.js";
import { number, t } from "./texts.js";

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 */
export function readyList(model, stored) {
  const tomorrow = stored.rounds.find((round) => round.shown && round.shown.day > model.snapshot.day);
  const lines = [
    [offlineReady(), sized(t("ready_page"), appBytes())], [true, t("ready_stops", { n: model.stops.length })], [true, t("ready_map")],
    [Boolean(stored.terms), t("ready_terms")],
    [hasSheet(stored, model.snapshot.round), t("ready_sheet")],
    streetsOf(stored, model.snapshot.round) && [hasStreets(stored, model.snapshot.round), sized(t("ready_streets"), streetsOf(stored, model.snapshot.round).bytes)],
    navigator.mediaDevices && !scannerDeferred() && [scannerReady(), sized(t("ready_scanner"), scannerBytes())],
    tomorrow && [true, t("ready_tomorrow", { n: tomorrow.shown.stops.length })],
  ].filter(Boolean);
  const all = lines.every(([there]) => there);
  const title = all ? t("ready", { n: model.stops.length }) : t("getting_ready");
  const sign = (there) => icon(there ? "check" : "clock");
  return h("details", { class: `fold ready ${all ? "ok" : ""}` }, h("summary", {}, sign(all), title),
    h("ul", { class: "plain" }, lines.map(([there, words]) => h("li", {}, sign(there), words))),
    persistence() !== null && h("p", { class: "small" }, t(persistence() ? "persist_yes" : "persist_no")),
    scannerDeferred() && waitsForWifi(),
    streetsOf(stored, model.snapshot.round) && !hasStreets(stored, model.snapshot.round) && button(t("streets_now"), () => storeStreets({ anyway: true }), { class: "full", id: "fetch-streets" }));
}

const sized = (words, bytes) => (bytes ? `${words} (${kilobytes(bytes)})` : words);

const kilobytes = (bytes) => t("kilobytes", { n: number(bytes / 1000, 0) });

// The label reader is the largest part: on a metered network it is fetched when the collector wants it.
const waitsForWifi = () =>
  h("div", {},
    h("p", {}, t("scanner_waits", { size: kilobytes(scannerBytes()) })),
    button(t("scanner_now"), () => prepareOffline({ anyway: true }), { class: "full", id: "fetch-scanner" }));
