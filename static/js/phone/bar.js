// The bar on top: which round this is, and whether everything said has reached the bank.
import { h } from "./dom.js";
import { state } from "./sync.js";
import { clock, day, t } from "./texts.js";

export function drawBar(kept, model) {
  const [kind, sign, words] = condition(kept);
  const title = model ? [h("b", {}, t("round", { letter: model.snapshot.letter })), " ", h("span", { class: "soft" }, day(model.snapshot.day))] : [h("b", {}, t("title"))];
  fill("[data-title]", `${model?.snapshot.round}${model?.snapshot.day}`, title);
  fill("[data-sync]", `${kind}${words}`, [
    h("a", { class: `tag sync ${kind}`, href: "#/sync", id: "sync" }, h("span", { "aria-hidden": true }, sign), ` ${words}`),
  ]);
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
  if (refused.length) return ["danger", "✕", t("refused_some", { n: refused.length })];
  if (state.signedOut) return ["warn", "!", t("sign_in_short")];
  if (!waiting.length) return ["ok", "✓", t("all_sent")];
  const since = waiting.map((event) => event.device_at).sort()[0];
  return ["warn", "↑", t("waiting", { n: waiting.length, time: clock(since) })];
}
