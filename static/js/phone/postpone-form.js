// Postponing a stop: to the end of the round, with the time this adds, or to another day.
import { fetchJson } from "./api.js";
import { button, h, link } from "./dom.js";
import { t } from "./texts.js";

export function postponeForm(stop, model, actions) {
  const price = h("p", { class: "hint", role: "status" }, t("later_asking"));
  const go = button(t("later_come_back"), () => actions.postpone(stop), { class: "main full tall", id: "come-back", icon: "later" });
  fetchJson(`/phone/rounds/${model.snapshot.round}/visits/${stop.pickup}/later`)
    .then(({ seconds }) => price.replaceChildren(h("b", {}, t("later_price", { price: priceWords(seconds) }))))
    .catch((error) => price.replaceChildren(t(error.status ? "server_failed" : "later_unknown")));
  return h("div", { class: "record" },
    h("div", { class: "field" }, go, price),
    h("div", { class: "field" },
      link(t("later_rebook"), `#/stop/${stop.pickup}/rebook`, { class: "full tall", icon: "phone" }),
      h("p", { class: "hint" }, t("later_rebook_hint"))));
}

function priceWords(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes > 0) return t("later_plus", { n: minutes });
  return minutes < 0 ? t("later_minus", { n: -minutes }) : t("later_no_more");
}
