// What was sent, what waits, what the bank did not take and what to do; signing out; a file.
import { SIGN_IN, SignedOut, leave } from "./api.js";
import { back, button, h, link, message } from "./dom.js";
import { icon } from "./icons.js";
import { discard, sendAgain } from "./outbox.js";
import { settingsPart } from "./settings.js";
import { everything, wipe } from "./store.js";
import { state, sync } from "./sync.js";
import { clock, t } from "./texts.js";


export function syncPage(kept, refresh) {
  const refused = kept.events.filter((event) => event.status === "refused");
  const waiting = kept.events.filter((event) => event.status === "waiting");
  const touched = kept.touched ? t("sync_last", { time: clock(kept.touched) }) : t("sync_never");
  return [
    back(t("back")),
    h("h1", { tabindex: -1 }, t("sync_title")),
    state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" })),
    waiting.length > 0 && message("warn", h("p", {}, t("sync_waiting_text"))),
    waiting.length + refused.length === 0 && message("ok", h("p", {}, t("sync_sent_text"))),
    h("p", { class: "soft" }, touched),
    refused.length > 0 && [h("h2", { class: "here" }, icon("cross"), `${t("sync_title_refused")} (${refused.length})`), h("p", {}, t("sync_refused_text")), refused.map((event) => refusedCard(event, kept, refresh))],
    waiting.length > 0 && [h("h2", {}, `${t("sync_title_waiting")} (${waiting.length})`), h("ul", { class: "unsent" }, waiting.map((event) => h("li", {}, line(event, kept))))],
    h("div", { class: "actions" },
      button(t("sync_now"), sync, { class: "full", id: "send", icon: "send" }),
      kept.events.length > 0 && button(t("export"), () => save(kept.events), { class: "full", id: "export", icon: "file" }),
      settingsPart(kept, refresh),
      kept.rounds.filter((round) => round.shown).map(({ round, shown }) => link(`${t("sheet")} (${t("round", { letter: shown.letter })})`, `/phone/rounds/${round}/sheet`, { class: "full quiet", target: "_blank" })),
      signOut(kept)),
  ];
}

function line(event, kept) {
  const stop = stopOf(event, kept);
  return [clock(event.device_at), t(`kind_${event.kind}`), stop && `${stop.first_name}, ${stop.address.town}`].filter(Boolean).join(" · ");
}

const stopOf = (event, kept) =>
  kept.rounds.flatMap((round) => round.shown?.stops ?? []).find((each) => each.pickup === event.pickup);

function refusedCard(event, kept, refresh) {
  const then = (act) => () => act(event).then(refresh);
  return h(
    "section", { class: "card refused" },
    h("p", {}, h("b", {}, line(event, kept))),
    h("p", { class: "here missing" }, icon("cross"), event.message),
    h("div", { class: "actions" },
      stopOf(event, kept) && link(t("open_stop"), `#/stop/${event.pickup}`, { class: "full" }),
      button(t("send_again"), then((refused) => sendAgain(refused).then(sync)), { class: "full", icon: "send" }),
      button(t("settled"), then(discard), { class: "full", icon: "check" })),
  );
}

// A file for the day on which nothing else works: everything said, as it was said.
export function save(events) {
  const file = new Blob([JSON.stringify(events, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: `round-${new Date().toISOString().slice(0, 10)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function signOut(kept) {
  const note = h("div", { role: "status" });
  async function go() {
    const { events } = await everything();
    const unsent = events.filter((event) => event.status !== "sent").length;
    if (unsent) return note.replaceChildren(message("danger", h("p", {}, t("sign_out_refused", { n: unsent }))));
    try {
      await leave();
    } catch (error) {
      // A session that has ended already needs no leaving.
      if (!(error instanceof SignedOut)) return note.replaceChildren(message("warn", h("p", {}, t("sign_out_offline"))));
    }
    await wipe();
    for (const name of await caches.keys()) if (name.startsWith("milkround-shell")) await caches.delete(name);
    location.assign("/sign-in");
  }
  return [note, kept.person && h("p", { class: "soft" }, t("signed_in_as", { name: kept.person.name })), button(t("sign_out"), go, { class: "full danger", id: "sign-out" })];
}
