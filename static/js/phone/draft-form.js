// A form that is kept as a draft while it is filled in, and that starts from its draft.
import { button, h, message } from "./dom.js";
import { discardDraft, draftKey, putDraft, restoreDraft } from "./drafts.js";
import { fillForm, formValues } from "./form-values.js";
import { markRefusedField } from "./refused-field.js";
import { clock, t } from "./texts.js";
import { offerUndo } from "./undo-bar.js";

/**
 * @param {any[]} parts nodes of a page
 * @param {{ round: number, pickup: number | null, address: string }} place
 * @param {import("./round").Stored} stored
 * @param {() => void} redraw
 */
export function withDraft(parts, place, stored, redraw) {
  const form = parts.find((part) => part?.matches?.("form.record"));
  if (form) keepDraft(form, place, stored, redraw);
  return parts;
}

function keepDraft(form, place, stored, redraw) {
  const pristine = JSON.stringify(formValues(form));
  const key = draftKey(place);
  const draft = stored.drafts.find((each) => each.key === key);
  if (draft?.values.length) fillForm(form, draft.values);
  let last = JSON.stringify(formValues(form));

  async function save() {
    const values = formValues(form);
    const text = JSON.stringify(values);
    if (text === last) return;
    last = text;
    try {
      await (text === pristine ? discardDraft(key) : putDraft({ ...draft, ...place, values }));
      document.dispatchEvent(new CustomEvent("phone:changed"));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      form.prepend(message("danger", h("p", {}, t("not_kept"))));
    }
  }

  for (const name of ["input", "change", "click"]) form.addEventListener(name, save);
  // Before the record is made, which takes the draft with it.
  form.addEventListener("submit", save, { capture: true });
  if (draft) form.prepend(draftNote(draft, () => discard(draft).then(redraw)));
  if (draft?.refused) markRefusedField(form, draft.refused);

  async function discard(discarded) {
    await discardDraft(key);
    offerUndo(t("draft_discarded"), {}, () => restoreDraft(discarded).then(redraw));
  }
}

const draftNote = (draft, discard) =>
  draft.refused
    ? message("danger", h("p", {}, t("draft_refused")), h("p", {}, h("b", {}, draft.refused.message)), button(t("draft_leave"), discard, { icon: "cross" }))
    : message("ok", h("p", {}, t("draft_kept", { time: clock(draft.at) })),
    button(t("draft_discard"), discard, { id: "discard-draft", icon: "cross" }));
