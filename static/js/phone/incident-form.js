// Incidents: the form for one, in two taps, and the coordinator's answers.
import { h, link, message, submit } from "./dom.js";
import { choices, text } from "./fields.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

const KINDS = ["vehicle", "box", "road", "donor", "unwell", "other"];

export function incidentForm(terms, done) {
  const kind = choices("incident", t("incident_what"), KINDS.map((each) => [each, t(`incident_${each}`)]), { missing: t("choose_reason") });
  const note = text("note", t("incident_note"), { rows: 2 });
  function onsubmit(event) {
    event.preventDefault();
    if (validate([kind])) done({ kind: kind.value(), note: note.value() });
  }
  return h("form", { class: "record", novalidate: true, onsubmit }, kind.node, note.node,
    h("div", { class: "actions" }, submit(t("incident_go")), callBank(terms)));
}

export const callBank = (terms) =>
  terms?.phone && link(t("incident_call"), `tel:${terms.phone.replace(/[^+\d]/g, "")}`, { class: "full", icon: "phone" });

export const incidentNotes = (model, terms) =>
  model.incidents.filter(({ decision }) => decision !== "done").map(({ kind, decision, note, text: words, sent }) =>
    message(decision ? "ok" : "warn",
      h("p", {}, h("b", {}, t(`incident_${kind}`)), words && ` · ${words}`),
      h("p", {}, decision ? `${t(`decision_${decision}`)} ${note}` : t(sent ? "incident_waits" : "incident_unsent")),
      decision === "call" && callBank(terms)));
