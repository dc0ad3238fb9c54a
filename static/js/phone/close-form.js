// The end of the day: kilometres, stock of the collector's own freezer, unsent records.
import { h, message, submit } from "./dom.js";
import { stepper, text } from "./fields.js";
import { unsentRecords } from "./outbox.js";
import { counted, number, t } from "./texts.js";
import { validate } from "./validation.js";

const MOST_KM = 2000;

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 * @param {any} done
 */
export function closeForm(model, stored, done) {
  const { end, metres } = model.snapshot;
  const planned = number(metres / 1000, 0);
  const wrong = (given) => (/^\d+$/.test(given) && Number(given) <= MOST_KM ? null : t("wrong"));
  const km = text("kilometres", t("close_kilometres"), { inputmode: "numeric", hint: t("close_planned", { n: planned }), check: wrong });
  const home = stored.terms?.freezers.find((site) => site.site === end.site)?.kind === "home";
  const stock = home ? stepper("stock", t("close_stock"), { value: 0, most: 5000 }) : null;
  const unsent = unsentRecords(stored).length;
  const drafts = stored.drafts.filter(({ address }) => address !== "close").length;
  function onsubmit(event) {
    event.preventDefault();
    if (validate([km, stock].filter(Boolean))) done({ kilometres: Number(km.value()), stock: stock ? stock.value() : null, note: "" });
  }
  return h("form", { class: "record", novalidate: true, onsubmit }, km.node, stock?.node,
    drafts > 0 && message("warn", h("p", {}, counted("close_drafts", drafts))),
    unsent ? message("warn", h("p", {}, counted("close_unsent", unsent))) : message("ok", h("p", {}, t("close_sent"))),
    h("div", { class: "actions" }, submit(t("close_go"))));
}
