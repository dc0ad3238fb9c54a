// The page at an address: a form, a stop, the outbox, or the round itself.
import { roundActions } from "./actions.js";
import { SIGN_IN } from "./api.js";
import { clockWarning } from "./clock-warning.js";
import { back, button, h, link, message } from "./dom.js";
import { withDraft } from "./draft-form.js";
import { exportEvents } from "./export-file.js";
import { formPage, isForm } from "./form-page.js";
import { unsentRecords } from "./outbox.js";
import { lateDrafts } from "./late-draft.js";
import { rivalNote } from "./rival-note.js";
import { roundPage } from "./round-page.js";
import { sheetPage } from "./run-sheet.js";
import { stopCard } from "./stop-card.js";
import { state } from "./sync.js";
import { syncPage } from "./sync-page.js";
import { counted, t } from "./texts.js";

export function pageAt(where, stored, model, others, show) {
  if (state.stranger) return stranger();
  if (stored.revoked) return revoked(stored);
  if (where.place === "sheet") return sheetPage(stored, Number(where.id));
  if (where.place === "sync") return syncPage(stored, () => show());
  if (!model) return [signInNote(), clockWarning(), ...others, !others.length && !state.signedOut && nothing(stored), account()];
  return ofTheRound(where, stored, model, others, () => show({ moved: true }));
}

function ofTheRound({ place, id, form }, stored, model, others, redraw) {
  const actions = roundActions(model, redraw);
  const stop = place === "stop" && model.stops.find((each) => each.pickup === Number(id));
  if (isForm(place, model) || (stop && allows(stop, form))) {
    const address = [place, id, form].filter(Boolean).join("/");
    const about = { round: model.snapshot.round, pickup: stop ? stop.pickup : null, address };
    return withDraft(formPage(place, form, stop, model, stored, actions), about, stored, redraw);
  }
  if (!stop) return [signInNote(), clockWarning(), ...others, ...roundPage(model, stored, actions)];
  const card = { title: t(`phase_${stop.state.phase}`), actions: model.started ? actions : null, reveal: () => actions.showAddress(stop) };
  return [back(t("back")), rivalNote(stop, stored), ...lateDrafts(stop, stored, redraw), stopCard(stop, model, stored, card)];
}

// A record is made once; a settled stop is reopened first, also on the way through the history.
const allows = (stop, form) =>
  stop.state.decidedBy ? form === "reopen" : ["record", "not-done", "rebook", "later"].includes(form);

const stranger = () =>
  [h("h1", {}, t("title")), message("danger", h("p", {}, t("not_ours")), link(t("sign_in"), SIGN_IN))];

function revoked(stored) {
  const unsent = unsentRecords(stored);
  const byPin = stored.revoked === "pin";
  return [
    h("h1", { tabindex: -1 }, t(byPin ? "lock_title" : "revoked_title")),
    message("danger", h("p", {}, t(byPin ? "lock_out" : "revoked_text"))),
    unsent.length > 0 && [
      h("p", {}, counted("revoked_unsent", unsent.length)),
      button(t("export"), () => exportEvents(unsent), { class: "full", icon: "file" }),
    ],
    h("div", { class: "actions" }, signInLink()),
  ];
}

// Without a network the browser would show an error page of its own.
function signInLink() {
  const note = h("div", { role: "status" });
  const check = (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    note.replaceChildren(message("warn", h("p", {}, t("sign_in_offline"))));
  };
  return [note, link(t("sign_in"), SIGN_IN, { class: "main full tall", onclick: check })];
}

const account = () => h("div", { class: "more" }, link(t("account"), "#/sync", { icon: "person" }));

const signInNote = () =>
  state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" }));

const nothing = (stored) =>
  stored.touched
    ? h("section", { class: "empty" }, h("h1", { tabindex: -1 }, t("none_title")), h("p", {}, t("none_text")))
    : h("p", { class: "soft", role: "status" }, t("loading"));
