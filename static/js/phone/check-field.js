// One purpose of a visit that is not milk: done or not, and what belongs to it.
import { h } from "./dom.js";
import { choices, text } from "./fields.js";
import { tubesField } from "./tubes-field.js";
import { t } from "./texts.js";

export function checkField(purpose, stop, before) {
  const was = before?.checks?.[purpose];
  const show = () => {
    more.hidden = answer.value() !== "done";
  };
  const answer = choices(`check-${purpose}`, t(`check_${purpose}`), [["done", t("check_done")], ["not", t("check_not_done")]],
    { chosen: was === undefined ? null : was ? "done" : "not", missing: t("check_missing"), changed: show });
  const tubes = purpose === "blood_sample" ? tubesField(stop.pickup, before?.tubes ?? []) : null;
  const pump = purpose === "pump_return" ? text("pump", t("pump_number"), { value: before?.pump ?? "" }) : null;
  const more = h("div", {}, tubes?.node, pump?.node);
  show();
  const done = () => answer.value() === "done";
  return {
    purpose,
    done,
    node: h("section", { class: "card check" }, answer.node, more),
    input: answer.input,
    mistake: () => answer.mistake() ?? (done() && tubes ? tubes.mistake() : null),
    tubes: () => (done() && tubes ? tubes.value() : []),
    pump: () => (done() && pump ? pump.value() : ""),
  };
}
