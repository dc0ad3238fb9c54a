// What a bank wants as proof: what it requires holds a record back, what it asks for is said once.
import { h, message } from "./dom.js";
import { lacking } from "./proofs.js";
import { t } from "./texts.js";

export function proofGate(purposes, terms) {
  const node = h("div", { role: "status" });
  let warned = false;

  function passes(record) {
    const found = lacking(record, purposes, terms);
    const must = found.some(({ level }) => level === "required");
    const go = !found.length || (warned && !must);
    warned = true;
    node.replaceChildren(...(go ? [] : [warning(found, must)]));
    return go;
  }

  return { node, passes };
}

function warning(found, must) {
  const words = [...new Set(found.map(({ what, missing }) => t(`proof_missing_${what}`, { missing })))];
  return message(must ? "danger" : "warn", words.map((each) => h("p", {}, each)), !must && h("p", {}, t("proof_go_on")));
}
