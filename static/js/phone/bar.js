// The bar on top: which round this is, and whether everything said has reached the bank.
import { h } from "./dom.js";
import { state } from "./sync.js";
import { clock, day, t } from "./texts.js";

export function drawBar(kept, model) {
  const [kind, sign, words] = condition(kept);
  const title = model ? [h("b", {}, t("round", { letter: model.snapshot.letter })), " ", h("span", { class: "soft" }, day(model.snapshot.day))] : h("b", {}, t("title"));
  const key = `${kind}${words}${model?.snapshot.round}${model?.snapshot.day}`;
  const bar = document.querySelector("[data-bar]");
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  bar.replaceChildren(
    h("a", { class: "title", href: "#/" }, title),
    h("a", { class: `tag sync ${kind}`, href: "#/sync", id: "sync", role: "status" }, h("span", { "aria-hidden": true }, sign), ` ${words}`),
  );
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
