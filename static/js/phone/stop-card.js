// The card of a stop: times, donor, address, loads, access notes, buttons.
import { button, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { navigateButton, otherApps } from "./navigation.js";
import { addressPart, factList, isShown } from "./stop-address.js";
import { celsius, clock, counted, grouped, kitWords, litres, t } from "./texts.js";

export const PURPOSE_SIGNS = { blood_sample: "blood", first_interview: "person", material_drop: "empty", pump_return: "box", ward: "flag" };

/**
 * Without `actions` the card is read only.
 * @param {import("./round").ShownStop} stop
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 * @param {any} options
 */
export function stopCard(stop, model, stored, { title, actions, reveal }) {
  const zone = model.snapshot.time_zone;
  return h(
    "section", { class: `card stop ${stop.state.phase}`, "aria-labelledby": "stop-title" },
    h("div", { class: "stop-when" },
      h("span", { class: "disc", "aria-hidden": true }, stop.place),
      h("div", {},
        h("p", { class: "small" }, title),
        h("p", { class: "arrival" }, t("arrival", { time: clock(stop.arrives_at, zone) })),
        h("p", {}, t("window", { opens: clock(stop.window.opens, zone), closes: clock(stop.window.closes, zone) })))),
    h("h1", { id: "stop-title", tabindex: -1 }, `${stop.first_name} ${stop.family_name}`),
    addressPart(stop, model, reveal),
    flags(stop),
    outcome(stop, zone),
    loads(stop),
    facts(stop),
    actions && buttons(stop, actions, stored, isShown(stop, model)),
  );
}

// Milk alone needs no flag: it is the purpose of a round.
function flags(stop) {
  const others = stop.purposes.filter((purpose) => purpose !== "collection");
  const tags = others.map((purpose) => h("li", { class: "tag" }, icon(PURPOSE_SIGNS[purpose]), t(`purpose_${purpose}`)));
  if (stop.line === "own_child") tags.unshift(h("li", { class: "tag ok" }, icon("bottle"), t("flag_own_child")));
  if (stop.milk_held) tags.unshift(h("li", { class: "tag danger" }, icon("warn"), t("flag_milk_held")));
  if (stop.call_first) tags.unshift(h("li", { class: "tag warn" }, icon("phone"), t("flag_call_first")));
  return tags.length > 0 && h("ul", { class: "tags" }, tags);
}

// Bottles to take and empties to leave, side by side and large.
function loads(stop) {
  const take = stop.bottles ? [counted("bottles", stop.bottles), t("about", { volume: litres(stop.volume_ml) })] : [t("nothing_to_take")];
  const kit = kitWords(stop);
  const leave = stop.empties_wanted ? [counted("empties", stop.empties_wanted), kit] : [kit || t("nothing_to_leave")];
  return h("dl", { class: "loads" }, load("bottle", t("take"), take, stop.bottles), load("empty", t("leave"), leave, stop.empties_wanted || kit));
}

const load = (sign, name, figures, any) =>
  h("div", { class: any ? "" : "soft" }, h("dt", {}, icon(sign), name), h("dd", {}, h("b", {}, figures[0]), figures[1] && h("span", { class: "small" }, figures[1])));

const facts = (stop) =>
  factList("facts", [[t("note"), stop.note], [t("donor", { number: "" }).trim(), grouped(stop.donor_number)]]);

function outcome({ state }, zone) {
  if (state.phase === "arrived") return h("p", { class: "here" }, icon("here"), t("arrived_at", { time: clock(state.arrivedAt, zone) }));
  if (state.phase === "not_done") return h("p", {}, h("span", { class: "tag warn" }, icon("cross"), t(`reason_${state.decidedBy.payload.reason}`)));
  if (state.phase !== "collected") return null;
  const { bottles, volume_ml, volume_declared, freezer_celsius } = state.decidedBy.payload;
  const volume = volume_declared ? t("recorded_declared", { volume: litres(volume_ml) }) : litres(volume_ml);
  const figures = { bottles: counted("bottles", bottles), volume, celsius: freezer_celsius === null ? "–" : celsius(freezer_celsius) };
  return h("p", { class: "here ok" }, icon("check"), t("recorded_bottles", figures));
}

function buttons(stop, actions, stored, shown) {
  const here = `#/stop/${stop.pickup}`;
  if (stop.state.decidedBy) return h("div", { class: "actions" }, link(t("reopen"), `${here}/reopen`, { class: "full", icon: "undo" }));
  const arrived = stop.state.phase === "arrived";
  const name = `${stop.first_name} ${stop.family_name}`;
  const main = arrived
    ? link(t("record"), `${here}/record`, { class: "main tall", icon: "bottle" })
    : button(t("here"), () => actions.arrive(stop), { class: "main tall", id: "here", icon: "here" });
  return [
    h("div", { class: "actions three" },
      stop.phone && link(t("call"), `tel:${stop.phone.replace(/[^+\d]/g, "")}`, { "aria-label": t("call_name", { name }), icon: "phone" }),
      link(t("later"), `${here}/later`, { icon: "later" }),
      link(t("not_done"), `${here}/not-done`, { icon: "cross" })),
    !arrived && shown && otherApps(stop.address, stored),
    h("div", { class: "actions at-hand" }, !arrived && shown && navigateButton(stop.address, stored, () => actions.setOff(stop)), main),
  ];
}
