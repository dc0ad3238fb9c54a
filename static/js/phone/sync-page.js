// The outbox page: unsent and refused records, settings of this phone, signing out.
import { SIGN_IN } from "./api.js";
import { clockWarning } from "./clock-warning.js";
import { back, button, h, link, message } from "./dom.js";
import { exportEvents } from "./export-file.js";
import { icon } from "./icons.js";
import { persistenceNote } from "./persistence.js";
import { refusedEvents } from "./refused-events.js";
import { refusedPhotoCards, refusedPhotos } from "./refused-photos.js";
import { settingsSection } from "./settings.js";
import { signOutSection } from "./sign-out.js";
import { state, sync } from "./sync.js";
import { clock, t } from "./texts.js";
import { byTime, draftList, waitingList, waitingRecords } from "./waiting-list.js";

/**
 * @param {import("./round").Stored} stored
 * @param {() => void} refresh
 */
export function syncPage(stored, refresh) {
  const refused = stored.events.filter((event) => event.status === "refused").sort(byTime);
  const refusedCount = refused.length + refusedPhotos(stored).length;
  const waiting = waitingRecords(stored);
  return [
    back(t("back")),
    h("h1", { tabindex: -1 }, t("sync_title")),
    state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" })),
    clockWarning(),
    stored.clock?.state === "unsure" && message("warn", h("p", {}, t("clock_unsure"))),
    state.failure && message("warn", h("p", {}, t("server_failed")), h("p", { class: "small" }, state.failure)),
    waiting.length > 0 && message("warn", h("p", {}, t("sync_waiting_text"))),
    waiting.length + refusedCount + stored.drafts.length === 0 && message("ok", h("p", {}, t("sync_sent_text"))),
    h("p", { class: "soft" }, stored.touched ? t("sync_last", { time: clock(stored.touched) }) : t("sync_never")),
    refusedCount > 0 && refusedPart(refusedCount, [refusedEvents(refused, stored, refresh), refusedPhotoCards(stored, refresh)]),
    waiting.length > 0 && waitingList(waiting, stored),
    stored.drafts.length > 0 && draftList(stored, refresh),
    h("div", { class: "actions" },
      button(t("sync_now"), sync, { class: "full", id: "send", icon: "send" }),
      stored.events.length > 0 && button(t("export"), () => exportEvents(stored.events), { class: "full", id: "export", icon: "file" }),
      persistenceNote(),
      settingsSection(stored, refresh),
      sheets(stored),
      signOutSection(stored)),
  ];
}

const refusedPart = (count, cards) => [
  h("h2", { class: "here" }, icon("cross"), `${t("sync_title_refused")} (${count})`),
  h("p", {}, t("sync_refused_text")),
  cards,
];

const sheets = (stored) =>
  stored.rounds.filter((round) => round.shown).map(({ round, shown }) =>
    link(`${t("sheet")} (${t("round", { letter: shown.letter })})`, `#/sheet/${round}`, { class: "full quiet", icon: "file" }));
