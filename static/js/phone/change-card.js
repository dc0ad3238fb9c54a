// A new revision of the round: stops added, removed, moved and changed, to acknowledge before it applies.
import { changes } from "./diff.js";
import { button, h } from "./dom.js";
import { emptyingWords } from "./emptying-card.js";
import { icon } from "./icons.js";
import { clock, t } from "./texts.js";

export function changeCard(shown, fresh, acknowledge) {
  const { added, removed, moved, changed, emptyings } = changes(shown, fresh);
  const at = (iso) => clock(iso, fresh.time_zone);
  const place = (stop) => t("changed_at", { town: `${stop.first_name}, ${stop.address.town}`, time: at(stop.arrives_at) });
  const parts = [
    part("plus", "changed_added", added.map(place)),
    part("minus", "changed_removed", removed.map(place)),
    part("moved", "changed_moved", moved.map(({ stop, was }) =>
      t("changed_from", { town: `${stop.first_name}, ${stop.address.town}`, time: at(stop.arrives_at), was: at(was) }))),
    part("warn", "changed_details", changed.map(details)),
    emptyings && part("box", "changed_emptyings", emptyings.length ? emptyings.map((each) => t("changed_at", { town: emptyingWords(each), time: at(each.arrives_at) })) : [t("no_emptying")]),
  ].filter(Boolean);
  return h(
    "section", { class: "card changed", "aria-labelledby": "changed" },
    h("h1", { id: "changed", tabindex: -1 }, icon("warn"), t("changed_title")),
    fresh.why && h("p", {}, fresh.why),
    parts.length ? parts : h("p", {}, t("changed_other")),
    h("div", { class: "actions" }, button(t("changed_ok"), acknowledge, { class: "main full tall", id: "acknowledge" })),
  );
}

const details = ({ stop, details: each }) => [
  h("b", {}, `${stop.first_name}, ${stop.address.town}`),
  h("ul", { class: "details" }, each.map(({ words, before, after }) =>
    h("li", {}, words, before && [`${t("colon")} `, h("del", {}, before), ` ${t("detail_now")} `, h("ins", {}, after)]))),
];

function part(sign, key, lines) {
  if (lines.length === 0) return null;
  return [h("h2", {}, icon(sign), `${t(key)} (${lines.length})`), h("ul", {}, lines.map((line) => h("li", {}, line)))];
}
