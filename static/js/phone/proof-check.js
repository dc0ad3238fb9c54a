// The check of proofs: a required one holds a record back, a recommended one warns once.
import { h, message } from "./dom.js";
import { missingProofs } from "./proofs.js";
import { t } from "./texts.js";

export function proofCheck(purposes, terms) {
  const node = h("div", { role: "status" });
  let warned = false;

  function passes(record) {
    const missing = missingProofs(record, purposes, terms);
    const required = missing.some(({ level }) => level === "required");
    const accepted = !missing.length || (warned && !required);
    warned = true;
    node.replaceChildren(...(accepted ? [] : [warning(missing, required)]));
    return accepted;
  }

  return { node, passes };
}

function warning(proofs, required) {
  const words = [...new Set(proofs.map(({ what, missing }) => t(`proof_missing_${what}`, { missing })))];
  return message(required ? "danger" : "warn", words.map((each) => h("p", {}, each)), !required && h("p", {}, t("proof_go_on")));
}
