// The address of a stop and the way in: shown at the next stop, elsewhere by a tap that the bank's log notes.
import { button, h } from "./dom.js";
import { t } from "./texts.js";

const revealed = new Set();

// The list of pairs of name and text, without the empty ones.
export const factList = (kind, pairs) =>
  h("dl", { class: kind },
    pairs.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

/**
 * @param {import("./round").ShownStop} stop
 * @param {import("./round").RoundModel} model
 */
export const isShown = (stop, model) => (model.started && stop === model.next) || revealed.has(stop.pickup);

/**
 * @param {import("./round").ShownStop} stop
 * @param {import("./round").RoundModel} model
 * @param {() => Promise<any>} show records the look and draws the page anew
 */
export function addressPart(stop, model, show) {
  const { line, postcode, town, access_notes } = stop.address;
  if (!isShown(stop, model)) return hidden(stop, town, show);
  return [
    // The way in stands right below the name: it is read at the door, with the hands full.
    factList("facts door", [[t("code"), stop.code && h("strong", { class: "code" }, stop.code)], [t("access"), access_notes]]),
    h("p", { class: "address" }, line, h("br"), `${postcode} ${town}`),
  ];
}

function hidden(stop, town, show) {
  const reveal = async () => {
    revealed.add(stop.pickup);
    if (!(await show())) revealed.delete(stop.pickup);
  };
  return [
    h("p", { class: "address" }, town),
    button(t("address_show"), reveal, { class: "full", id: "show-address", icon: "here" }),
    h("p", { class: "hint" }, t("address_hint")),
  ];
}
