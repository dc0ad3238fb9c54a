// A form begun on this phone for a visit that another phone recorded meanwhile: it is kept, and said so.
import { deleteButton } from "./delete-button.js";
import { h, message } from "./dom.js";
import { discardDraft, restoreDraft } from "./drafts.js";
import { clock, t } from "./texts.js";

/**
 * The notes of a settled stop, one for each form that is not recorded. *Reopen* leads back to the form.
 * @param {import("./round").ShownStop} stop
 * @param {import("./round").Stored} stored
 * @param {() => void} redraw
 */
export function lateDrafts(stop, stored, redraw) {
  if (!stop.state.decidedBy) return [];
  const begun = stored.drafts.filter(({ pickup, address }) => pickup === stop.pickup && !address.endsWith("/reopen"));
  return begun.map((draft) =>
    message("warn",
      h("p", {}, t("draft_late", { time: clock(draft.at) })),
      deleteButton(draft.key, () => discardDraft(draft.key).then(redraw), () => restoreDraft(draft).then(redraw))));
}
