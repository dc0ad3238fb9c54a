// The phone's one page: reads what is kept, shows the place that the address names, acts on taps.
import { acts } from "./acts.js";
import { drawBar } from "./bar.js";
import { drawClock } from "./clock-bar.js";
import { formPage, isForm } from "./form-page.js";
import { button, h, link, message } from "./dom.js";
import { isLocked, lockPage, watchLock } from "./lock.js";
import { offlineReady, prepare, scannerReady } from "./ready.js";
import { choose } from "./rounds.js";
import { roundPage } from "./round-page.js";
import { stopCard } from "./stop-card.js";
import { everything } from "./store.js";
import { keepInTouch, state } from "./sync.js";
import { SIGN_IN, save, syncPage } from "./sync-page.js";
import { t } from "./texts.js";
import { withdrawUndo } from "./undo-bar.js";

const EVERY_HALF_MINUTE = 30_000;
let drawn = null;

export function start() {
  addEventListener("hashchange", () => show({ moved: true }));
  document.addEventListener("phone:changed", () => show());
  document.addEventListener("phone:said", () => show());
  navigator.serviceWorker?.addEventListener("controllerchange", () => show());
  keepInTouch();
  show();
  // Where it cannot be fetched now, the one that is there goes on; the next start tries again.
  navigator.serviceWorker?.register("/phone/service-worker.js", { scope: "/phone/" }).catch(() => {});
  navigator.storage?.persist?.();
  watchLock(show);
  prepare();
  setInterval(() => show(), EVERY_HALF_MINUTE);
}

async function show({ moved = false } = {}) {
  const kept = await everything();
  const where = location.hash.slice(2).split("/");
  const { model, others } = choose(kept, where);
  const page = document.querySelector("[data-page]");
  if (isLocked(kept)) return drawn === "locked" || lock(page, kept);
  drawBar(kept, model);
  drawClock(kept, model);
  withdrawUndo(kept.events);
  const key = JSON.stringify([location.hash, model && [model.snapshot.revision, model.fresh?.revision, model.stops.map((stop) => stop.state), model.incidents, model.closed, document.querySelector("[data-clock]").dataset.key], kept.terms, kept.revoked, scannerReady(), others, where[0] === "sync" && kept, state.signedOut, state.stranger, offlineReady()]);
  // A form is left alone while it is filled in, and nothing is drawn twice.
  if (!moved && page.querySelector("form.record")) return;
  if (key !== drawn) draw(page, contents(where, kept, model, others));
  drawn = key;
  if (moved) settleView(page);
}

// Nothing of the round is left behind the lock.
function lock(page, kept) {
  document.querySelector("[data-title]").replaceChildren(t("title"));
  document.querySelector("[data-clock]").replaceChildren();
  for (const place of ["[data-title]", "[data-sync]", "[data-clock]"]) delete document.querySelector(place).dataset.key;
  draw(page, lockPage(kept, show));
  drawn = "locked";
}

function draw(page, parts) {
  const focused = document.activeElement?.id;
  page.replaceChildren(...[parts].flat(9).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function contents(where, kept, model, others) {
  if (state.stranger) return [h("h1", {}, t("title")), message("danger", h("p", {}, t("not_ours")), link(t("sign_in"), SIGN_IN))];
  if (kept.revoked) return revoked(kept);
  if (where[0] === "sync") return syncPage(kept, () => show());
  if (!model) return [signInNote(), ...others, !others.length && !state.signedOut && nothing(kept), account()];
  const act = acts(model, () => show({ moved: true }));
  const [place, pickup, form] = where;
  const stop = place === "stop" && model.stops.find((each) => each.pickup === Number(pickup));
  if (isForm(place, model) || (stop && allows(stop, form))) return formPage(place, form, stop, model, kept, act);
  if (stop) {
    const phase = stop.state.phase;
    return [back(), stopCard(stop, model, kept, { title: t(`phase_${phase}`), act: model.started ? act : null })];
  }
  return [signInNote(), ...others, ...roundPage(model, kept, act), account()];
}

// A record is made once; what is settled is reopened first, also by way of the browser's history.
const allows = (stop, form) =>
  stop.state.decidedBy ? form === "reopen" : ["record", "not-done", "later"].includes(form);

function revoked({ events }) {
  const unsent = events.filter((event) => event.status !== "sent");
  return [h("h1", { tabindex: -1 }, t("revoked_title")), message("danger", h("p", {}, t("revoked_text"))),
    unsent.length > 0 && [h("p", {}, t("revoked_unsent", { n: unsent.length })), button(t("export"), () => save(unsent), { class: "full" })],
    link(t("sign_in"), SIGN_IN, { class: "main full" })];
}

export const back = () => link(`‹ ${t("back")}`, "#/", { class: "quiet back" });

const account = () => link(t("account"), "#/sync", { class: "full quiet" });

const signInNote = () =>
  state.signedOut && message("warn", h("p", {}, t("sign_in_again")), link(t("sign_in"), SIGN_IN, { class: "main" }));

const nothing = (kept) =>
  kept.touched
    ? h("section", { class: "empty" }, h("h1", { tabindex: -1 }, t("none_title")), h("p", {}, t("none_text")))
    : h("p", { class: "soft", role: "status" }, t("loading"));

function settleView(page) {
  scrollTo(0, 0);
  page.querySelector("h1")?.focus({ preventScroll: true });
}
