// A button that asks before it deletes, and an undo afterwards.
import { button, h } from "./dom.js";
import { t } from "./texts.js";
import { offerUndo } from "./undo-bar.js";

export function deleteButton(remove, restore) {
  async function confirmed() {
    await remove();
    offerUndo(t("deleted"), {}, restore);
  }
  return h("details", { class: "fold" }, h("summary", {}, t("delete")),
    h("p", {}, t("delete_sure")), button(t("delete_yes"), confirmed, { class: "full danger", icon: "cross" }));
}
