// The phone's one page: reads what is kept, shows the place that the address names, acts on taps.
import { drawBar, drawSun, emptyBar } from "./bar.js";
import { drawClock } from "./clock-bar.js";
import { isLocked, lockPage, watchLock } from "./lock.js";
import { contents } from "./pages.js";
import { offlineReady, prepare, scannerReady } from "./ready.js";
import { choose } from "./rounds.js";
import { everything } from "./store.js";
import { keepInTouch, state } from "./sync.js";
import { dress } from "./theme.js";
import { withdrawUndo } from "./undo-bar.js";

const EVERY_HALF_MINUTE = 30_000;
let drawn = null;

export function start() {
  dress();
  addEventListener("hashchange", () => show({ moved: true }));
  document.addEventListener("phone:changed", () => show());
  document.addEventListener("phone:said", () => show());
  navigator.serviceWorker?.addEventListener("controllerchange", () => show());
  // The label reader is large: the round comes first.
  keepInTouch().finally(prepare);
  show();
  // Where it cannot be fetched now, the one that is there goes on; the next start tries again.
  navigator.serviceWorker?.register("/phone/service-worker.js", { scope: "/phone/" }).catch(() => {});
  navigator.storage?.persist?.();
  watchLock(show);
  setInterval(() => show(), EVERY_HALF_MINUTE);
}

async function show({ moved = false } = {}) {
  const kept = await everything();
  const where = location.hash.slice(2).split("/");
  const page = document.querySelector("[data-page]");
  if (isLocked(kept)) return drawn === "locked" || lock(page, kept);
  const { model, others } = choose(kept, where);
  drawBar(kept, model);
  drawClock(kept, model);
  withdrawUndo(kept.events);
  // A form is left alone while it is filled in, and nothing is drawn twice.
  if (!moved && page.querySelector("form.record")) return;
  const key = whatIsShown(kept, where, model, others);
  if (key !== drawn) draw(page, contents(where, kept, model, others, show));
  drawn = key;
  if (moved) settleView(page);
}

// Everything that the page is drawn from, as one text to compare.
function whatIsShown(kept, where, model, others) {
  const round = model && [model.snapshot.revision, model.fresh?.revision, model.stops.map((stop) => stop.state), model.incidents, model.closed];
  const clock = document.querySelector("[data-clock]").dataset.key;
  const frame = [location.hash, clock, others, state.signedOut, state.stranger, offlineReady(), scannerReady()];
  return JSON.stringify([round, frame, kept.terms, kept.revoked, where[0] === "sync" && kept]);
}

// Nothing of the round is left behind the lock.
function lock(page, kept) {
  emptyBar();
  drawSun();
  draw(page, lockPage(kept, show));
  drawn = "locked";
}

function draw(page, parts) {
  const focused = document.activeElement?.id;
  page.replaceChildren(...[parts].flat(9).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function settleView(page) {
  scrollTo(0, 0);
  page.querySelector("h1")?.focus({ preventScroll: true });
}
