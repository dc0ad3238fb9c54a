// The bar on top: the round, the theme for full sun, the state of the outbox.
import { happenedAt } from "./device-clock.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { refusedPhotos } from "./refused-photos.js";
import { state } from "./sync.js";
import { clock, counted, day, t } from "./texts.js";
import { theme, toggleSun } from "./theme.js";
import { waitingRecords } from "./waiting-list.js";

/**
 * @param {import("./round").Stored} stored
 * @param {import("./round").RoundModel} model
 */
export function drawBar(stored, model) {
  const [kind, sign, words] = outboxState(stored);
  const title = model
    ? [h("b", {}, t("round", { letter: model.snapshot.letter })), " ", h("span", { class: "soft" }, day(model.snapshot.day))]
    : [h("b", {}, t("title"))];
  fill("[data-title]", `${model?.snapshot.round}${model?.snapshot.day}`, title);
  fill("[data-sync]", `${kind}${words}`, [h("a", { class: `tag sync ${kind}`, href: "#/sync", id: "sync" }, icon(sign), words)]);
  drawSun();
}

// Behind the lock, the bar shows nothing of the round.
export function clearBar() {
  document.querySelector("[data-title]").replaceChildren(t("title"));
  for (const place of ["[data-title]", "[data-sync]", "[data-clock]"]) delete document.querySelector(place).dataset.key;
}

export function drawSun() {
  const turn = () => {
    toggleSun();
    drawSun();
  };
  const on = String(theme() === "sun");
  fill("[data-sun]", on, [h("button", { type: "button", class: "button sun", "aria-pressed": on, "aria-label": t("theme_sun"), onclick: turn }, icon("sun"))]);
}

// Nothing is drawn twice: a screen reader reads a status aloud again whenever it is replaced.
function fill(place, key, nodes) {
  const node = document.querySelector(place);
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...nodes);
}

function outboxState(stored) {
  const refused = stored.events.filter((event) => event.status === "refused").length + refusedPhotos(stored).length;
  const waiting = waitingRecords(stored);
  if (refused) return ["danger", "cross", t("refused_some", { n: refused })];
  if (state.signedOut) return ["warn", "warn", t("sign_in_short")];
  if (waiting.length) return ["warn", "send", t("waiting", { n: waiting.length, time: clock(happenedAt(waiting[0])) })];
  if (stored.drafts.length) return ["warn", "todo", counted("drafts", stored.drafts.length)];
  return ["ok", "check", t("all_sent")];
}
