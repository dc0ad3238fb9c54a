// Which page an address names: a form, a stop, the outbox, or the round itself.
import { acts } from "./acts.js";
import { SIGN_IN } from "./api.js";
import { back, button, h, link, message } from "./dom.js";
import { save } from "./file.js";
import { formPage, isForm } from "./form-page.js";
import { roundPage } from "./round-page.js";
import { stopCard } from "./stop-card.js";
import { state } from "./sync.js";
import { syncPage } from "./sync-page.js";
import { counted, t } from "./texts.js";

export function contents(where, kept, model, others, show) {
  if (state.stranger) return stranger();
  if (kept.revoked) return revoked(kept);
  if (where[0] === "sync") return syncPage(kept, () => show());
  if (!model) return [signInNote(), ...others, !others.length && !state.signedOut && nothing(kept), account()];
  return ofTheRound(where, kept, model, others, acts(model, () => show({ moved: true })));
}

function ofTheRound([place, pickup, form], kept, model, others, act) {
  const stop = place === "stop" && model.stops.find((each) => each.pickup === Number(pickup));
  if (isForm(place, model) || (stop && allows(stop, form))) return formPage(place, form, stop, model, kept, act);
  if (!stop) return [signInNote(), ...others, ...roundPage(model, kept, act)];
  return [back(t("back")), stopCard(stop, model, kept, { title: t(`phase_${stop.state.phase}`), act: model.started ? act : null })];
}

// A record is made once; what is settled is reopened first, also by way of the browser's history.
const allows = (stop, form) =>
  stop.state.decidedBy ? form === "reopen" : ["record", "not-done", "rebook", "later"].includes(form);

const stranger = () =>
  [h("h1", {}, t("title")), message("danger", h("p", {}, t("not_ours")), link(t("sign_in"), SIGN_IN))];

function revoked({ events, revoked: why }) {
  const unsent = events.filter((event) => event.status !== "sent");
  return [
    h("h1", { tabindex: -1 }, t(why === "pin" ? "lock_title" : "revoked_title")),
    message("danger", h("p", {}, t(why === "pin" ? "lock_out" : "revoked_text"))),
    unsent.length > 0 && [
      h("p", {}, counted("revoked_unsent", unsent.length)),
      button(t("export"), () => save(unsent), { class: "full", icon: "file" }),
    ],
    h("div", { class: "actions" }, link(t("sign_in"), SIGN_IN, { class: "main full tall" })),
  ];
}

const account = () => h("div", { class: "more" }, link(t("account"), "#/sync", { icon: "person" }));

const signInNote = () =>
  state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" }));

const nothing = (kept) =>
  kept.touched
    ? h("section", { class: "empty" }, h("h1", { tabindex: -1 }, t("none_title")), h("p", {}, t("none_text")))
    : h("p", { class: "soft", role: "status" }, t("loading"));
