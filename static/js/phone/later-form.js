// Not now: come back at the end, priced by the bank where there is a network, or another day.
import { read } from "./api.js";
import { button, h } from "./dom.js";
import { t } from "./texts.js";

export function laterForm(stop, model, act) {
  const price = h("p", { class: "hint", role: "status" }, t("later_asking"));
  const go = button(t("later_come_back"), () => act.postpone(stop), { class: "main full tall", id: "come-back" });
  read(`/phone/rounds/${model.snapshot.round}/visits/${stop.pickup}/later`)
    .then(({ seconds }) => {
      const minutes = Math.round(seconds / 60);
      const told = minutes > 0 ? t("later_plus", { n: minutes }) : t("later_no_more");
      go.replaceChildren(t("later_priced", { price: told }));
      price.replaceChildren();
    })
    .catch(() => price.replaceChildren(t("later_unknown")));
  return h("div", { class: "record" }, go, price);
}
