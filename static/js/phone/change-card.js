// A new revision of the round: stops added, removed and moved, to acknowledge before it applies.
import { changes } from "./diff.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { clock, t } from "./texts.js";

export function changeCard(shown, fresh, acknowledge) {
  const { added, removed, moved } = changes(shown, fresh);
  const at = (iso) => clock(iso, fresh.time_zone);
  const place = (stop) => t("changed_at", { town: `${stop.first_name}, ${stop.address.town}`, time: at(stop.arrives_at) });
  const parts = [
    part("plus", "changed_added", added.map(place)),
    part("minus", "changed_removed", removed.map(place)),
    part("moved", "changed_moved", moved.map(({ stop, was }) =>
      t("changed_from", { town: `${stop.first_name}, ${stop.address.town}`, time: at(stop.arrives_at), was: at(was) }))),
  ].filter(Boolean);
  return h(
    "section", { class: "card changed", "aria-labelledby": "changed" },
    h("h1", { id: "changed", tabindex: -1 }, icon("warn"), t("changed_title")),
    fresh.why && h("p", {}, fresh.why),
    parts.length ? parts : h("p", {}, t("changed_other")),
    h("div", { class: "actions" }, button(t("changed_ok"), acknowledge, { class: "main full tall", id: "acknowledge" })),
  );
}

function part(sign, key, lines) {
  if (lines.length === 0) return null;
  return [h("h2", {}, icon(sign), `${t(key)} (${lines.length})`), h("ul", {}, lines.map((line) => h("li", {}, line)))];
}
