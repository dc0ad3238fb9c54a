// One purpose of a visit other than milk: done or not, with its tubes or its pump.
import { h } from "./dom.js";
import { choices, text } from "./fields.js";
import { t } from "./texts.js";
import { tubesField } from "./tubes-field.js";

export function checkField(purpose, stop, before) {
  const answered = before?.checks?.[purpose];
  const show = () => {
    details.hidden = answer.value() !== "done";
  };
  const answer = choices(`check-${purpose}`, t(`check_${purpose}`), [["done", t("check_done")], ["not", t("check_not_done")]],
    { chosen: answered === undefined ? null : answered ? "done" : "not", missing: t("check_missing"), changed: show });
  const tubes = purpose === "blood_sample" ? tubesField(stop.pickup, before?.tubes ?? []) : null;
  const pump = purpose === "pump_return" ? text("pump", t("pump_number"), { value: before?.pump ?? "" }) : null;
  const details = h("div", {}, tubes?.node, pump?.node);
  show();
  const done = () => answer.value() === "done";
  return {
    purpose,
    done,
    node: h("section", { class: "card check" }, answer.node, details),
    input: answer.input,
    error: () => answer.error() ?? (done() && tubes ? tubes.error() : null),
    tubes: () => (done() && tubes ? tubes.value() : []),
    pump: () => (done() && pump ? pump.value() : ""),
  };
}
