// Dialogs of the board: the move of a stop, and the list of keys.
import { enqueue } from "./edit-queue.js";
import { htmx } from "./htmx.js";
import { selectedVisits } from "./selection.js";

const moveDialog = () => document.querySelector("[data-move-dialog]");

export async function openMoveDialog(address) {
  await htmx.ajax("get", address, { target: "[data-sheet]", swap: "innerHTML" });
  // Not modal: a modal dialog would make a page of 500 stops inert.
  if (!moveDialog().open) moveDialog().show();
  moveDialog().querySelector("input[required], input:checked, select")?.focus({ preventScroll: true });
}

export function openDialogs() {
  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const link = event.target.closest("#day-pane a[data-move]");
    if (link && plain && moveDialog()) {
      event.preventDefault();
      opener = link.closest("[id]").id;
      enqueue(() => openMoveDialog(link.href));
    } else if (event.target.closest("#day-pane [data-move-chosen]") && selectedVisits().length) {
      event.preventDefault();
      opener = `stop-${selectedVisits()[0]}`;
      const selected = new URLSearchParams(selectedVisits().map((pickup) => ["pickup", pickup]));
      enqueue(() => openMoveDialog(`${document.querySelector("#day-pane").dataset.moves}?${selected}`));
    } else if (event.target.closest("[data-copy]")) {
      copyMessage(event.target.closest("details"));
    } else if (event.target.closest("[data-help]")) {
      document.querySelector("[data-help-dialog]").showModal();
    } else if (moveDialog() && event.target.closest("[data-move-dialog] [data-close]")) {
      event.preventDefault();
      moveDialog().close();
    }
  });
  moveDialog()?.addEventListener("close", focusOpener);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && moveDialog()?.open) moveDialog().close();
  });
  // A swap after an edit means that the move of this dialog has been made.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.edited && moveDialog()?.open) moveDialog().close();
  });
}

let opener = null;

function copyMessage(message) {
  navigator.clipboard.writeText(message.querySelector("[data-copied]").textContent);
}

function focusOpener() {
  if (opener) document.querySelector(`#${opener} a`)?.focus();
}
