// What was sent, what waits, what the bank did not take; this phone's settings; the way out.
import { SIGN_IN } from "./api.js";
import { back, button, h, link, message } from "./dom.js";
import { save } from "./file.js";
import { eventLine, refusedList } from "./refused-list.js";
import { settingsPart } from "./settings.js";
import { signOutPart } from "./sign-out.js";
import { state, sync } from "./sync.js";
import { clock, t } from "./texts.js";

export function syncPage(kept, refresh) {
  const refused = kept.events.filter((event) => event.status === "refused");
  const waiting = kept.events.filter((event) => event.status === "waiting");
  return [
    back(t("back")),
    h("h1", { tabindex: -1 }, t("sync_title")),
    state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" })),
    waiting.length > 0 && message("warn", h("p", {}, t("sync_waiting_text"))),
    waiting.length + refused.length === 0 && message("ok", h("p", {}, t("sync_sent_text"))),
    h("p", { class: "soft" }, kept.touched ? t("sync_last", { time: clock(kept.touched) }) : t("sync_never")),
    refused.length > 0 && refusedList(refused, kept, refresh),
    waiting.length > 0 && waitingList(waiting, kept),
    h("div", { class: "actions" },
      button(t("sync_now"), sync, { class: "full", id: "send", icon: "send" }),
      kept.events.length > 0 && button(t("export"), () => save(kept.events), { class: "full", id: "export", icon: "file" }),
      settingsPart(kept, refresh),
      sheets(kept),
      signOutPart(kept)),
  ];
}

const waitingList = (waiting, kept) => [
  h("h2", {}, `${t("sync_title_waiting")} (${waiting.length})`),
  h("ul", { class: "unsent" }, waiting.map((event) => h("li", {}, eventLine(event, kept)))),
];

const sheets = (kept) =>
  kept.rounds.filter((round) => round.shown).map(({ round, shown }) =>
    link(`${t("sheet")} (${t("round", { letter: shown.letter })})`, `/phone/rounds/${round}/sheet`, { class: "full quiet", target: "_blank" }));
