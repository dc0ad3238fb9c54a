// The bar on top: which round this is, sunlight, and whether everything has reached the bank.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./sync.js";
import { clock, day, t } from "./texts.js";
import { theme, toggleSun } from "./theme.js";

export function drawBar(kept, model) {
  const [kind, sign, words] = condition(kept);
  const title = model
    ? [h("b", {}, t("round", { letter: model.snapshot.letter })), " ", h("span", { class: "soft" }, day(model.snapshot.day))]
    : [h("b", {}, t("title"))];
  fill("[data-title]", `${model?.snapshot.round}${model?.snapshot.day}`, title);
  fill("[data-sync]", `${kind}${words}`, [h("a", { class: `tag sync ${kind}`, href: "#/sync", id: "sync" }, icon(sign), words)]);
  drawSun();
}

// Locked, the bar says nothing of the round.
export function emptyBar() {
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

// Nothing is drawn twice: a screen reader says a status again whenever it is replaced.
function fill(place, key, contents) {
  const node = document.querySelector(place);
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...contents);
}

function condition({ events }) {
  const refused = events.filter((event) => event.status === "refused");
  const waiting = events.filter((event) => event.status === "waiting");
  if (refused.length) return ["danger", "cross", t("refused_some", { n: refused.length })];
  if (state.signedOut) return ["warn", "warn", t("sign_in_short")];
  if (!waiting.length) return ["ok", "check", t("all_sent")];
  const since = waiting.map((event) => event.device_at).sort()[0];
  return ["warn", "send", t("waiting", { n: waiting.length, time: clock(since) })];
}
