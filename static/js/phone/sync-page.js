// The outbox page: unsent and refused records, settings of this phone, signing out.
import { SIGN_IN } from "./api.js";
import { clockWarning } from "./clock-warning.js";
import { back, button, h, link, message } from "./dom.js";
import { exportEvents } from "./export-file.js";
import { unsentRecords } from "./outbox.js";
import { eventLine, refusedEvents } from "./refused-events.js";
import { settingsSection } from "./settings.js";
import { signOutSection } from "./sign-out.js";
import { state, sync } from "./sync.js";
import { clock, t } from "./texts.js";

/**
 * @param {import("./round").Stored} stored
 * @param {() => void} refresh
 */
export function syncPage(stored, refresh) {
  const refused = stored.events.filter((event) => event.status === "refused");
  const waiting = unsentRecords(stored).filter((event) => event.status !== "refused");
  return [
    back(t("back")),
    h("h1", { tabindex: -1 }, t("sync_title")),
    state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" })),
    clockWarning(),
    waiting.length > 0 && message("warn", h("p", {}, t("sync_waiting_text"))),
    waiting.length + refused.length === 0 && message("ok", h("p", {}, t("sync_sent_text"))),
    h("p", { class: "soft" }, stored.touched ? t("sync_last", { time: clock(stored.touched) }) : t("sync_never")),
    refused.length > 0 && refusedEvents(refused, stored, refresh),
    waiting.length > 0 && waitingList(waiting, stored),
    h("div", { class: "actions" },
      button(t("sync_now"), sync, { class: "full", id: "send", icon: "send" }),
      stored.events.length > 0 && button(t("export"), () => exportEvents(stored.events), { class: "full", id: "export", icon: "file" }),
      settingsSection(stored, refresh),
      sheets(stored),
      signOutSection(stored)),
  ];
}

const waitingList = (waiting, stored) => [
  h("h2", {}, `${t("sync_title_waiting")} (${waiting.length})`),
  h("ul", { class: "unsent" }, waiting.map((event) => h("li", {}, eventLine(event, stored)))),
];

const sheets = (stored) =>
  stored.rounds.filter((round) => round.shown).map(({ round, shown }) =>
    link(`${t("sheet")} (${t("round", { letter: shown.letter })})`, `/phone/rounds/${round}/sheet`, { class: "full quiet", target: "_blank" }));
