// The phone's one page, drawn from its database at the place that the address names.
import { drawClock } from "./clock-bar.js";
import { watchJumps } from "./clock-jump.js";
import { useClock } from "./device-clock.js";
import { keepFolds } from "./folds.js";
import { canInstall, watchInstall } from "./install-hint.js";
import { offlineReady, prepareOffline, scannerDeferred, scannerReady, watchNetwork } from "./offline-ready.js";
import { chooseRound } from "./round-choice.js";
import { remaining } from "./outbox.js";
import { askPersistence, persistence } from "./persistence.js";
import { isPressed, watchPresses, whenReleased } from "./presses.js";
import { pageAt } from "./router.js";
import { storeSheets } from "./run-sheet.js";
import { storeStreets } from "./streets.js";
import { isLocked, lockPage, watchLock } from "./screen-lock.js";
import { readAll } from "./store.js";
import { startSync, state } from "./sync.js";
import { applyTheme } from "./theme.js";
import { clearBar, drawBar, drawSun } from "./top-bar.js";
import { moveOn, withdrawUndo } from "./undo-bar.js";

const REDRAW_MS = 30_000;
let drawn = null;

export function start() {
  applyTheme();
  addEventListener("hashchange", () => show({ moved: true }));
  document.addEventListener("phone:changed", () => show());
  document.addEventListener("phone:changed", storeSheets);
  document.addEventListener("phone:changed", () => storeStreets());
  document.addEventListener("phone:recorded", () => show());
  navigator.serviceWorker?.addEventListener("controllerchange", () => show());
  // The label reader is large: the round comes first.
  startSync().finally(() => prepareOffline());
  watchNetwork();
  show();
  // If it cannot be fetched now, the installed one goes on; the next start tries again.
  navigator.serviceWorker?.register("/phone/service-worker.js", { scope: "/phone/" }).catch(() => {});
  askPersistence();
  watchInstall();
  watchJumps();
  watchLock(show);
  watchPresses();
  setInterval(() => show(), REDRAW_MS);
}

async function show({ moved = false } = {}) {
  const stored = await readAll();
  useClock(stored.clock);
  const [place, id, form] = location.hash.slice(2).split("/");
  const where = { place, id, form };
  const page = document.querySelector("[data-page]");
  if (isLocked(stored)) return drawn === "locked" || drawLock(page, stored);
  if (!moved && isPressed()) return whenReleased(show);
  const { model, others } = chooseRound(stored, where);
  drawBar(stored, model);
  drawClock(stored, model);
  withdrawUndo(stored.events);
  if (moved) moveOn();
  // A form is left alone while it is filled in, unless the phone is shut out; nothing is drawn twice.
  if (!moved && !stored.revoked && !state.stranger && page.querySelector("form.record")) return;
  const key = pageKey(stored, where, model, others);
  if (key !== drawn) draw(page, pageAt(where, stored, model, others, show), { moved });
  drawn = key;
  if (moved) settleView(page);
}

// The contents of the page as one text, to compare with the last drawing.
function pageKey(stored, where, model, others) {
  const round = model && [model.snapshot.revision, model.fresh?.revision, model.stops.map((stop) => stop.state), model.incidents, model.closed];
  const clock = document.querySelector("[data-clock]").dataset.key;
  const frame = [location.hash, clock, stored.clock?.offset, stored.clock?.state, others, state.signedOut, state.failure, state.stranger, offlineReady(), scannerReady(), scannerDeferred(), persistence(), canInstall(), remaining(stored), stored.rounds.map(({ sheet, streets }) => [sheet?.revision, streets?.there])];
  return JSON.stringify([round, frame, stored.terms, stored.revoked, stored.settings.installHint, stored.drafts.map(({ key, at }) => [key, at]), where.place === "sync" && stored]);
}

// Nothing of the round is left behind the lock.
function drawLock(page, stored) {
  clearBar();
  drawSun();
  draw(page, lockPage(stored, show));
  drawn = "locked";
}

function draw(page, parts, { moved = true } = {}) {
  const focused = document.activeElement?.id;
  const keep = moved ? () => {} : keepFolds(page);
  page.replaceChildren(...[parts].flat(9).filter(Boolean));
  keep();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function settleView(page) {
  scrollTo(0, 0);
  const wrong = page.querySelector("[aria-invalid]");
  if (wrong) wrong.focus();
  else page.querySelector("h1")?.focus({ preventScroll: true });
}
