// Opens the move page of a stop in a dialog, and the list of keys; closes them again.
import { chosenVisits } from "./choosing.js";
import { htmx } from "./htmx.js";
import { inTurn } from "./in-turn.js";

const moveDialog = () => document.querySelector("[data-move-dialog]");

export async function openMoveSheet(address) {
  await htmx.ajax("GET", address, { target: "[data-sheet]", swap: "innerHTML" });
  // Beside the board, not over it: what a modal dialog makes inert is a page of five hundred stops.
  if (!moveDialog().open) moveDialog().show();
  moveDialog().querySelector("input[required], input:checked, select")?.focus({ preventScroll: true });
}

export function openSheets() {
  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const link = event.target.closest("#day-pane a[data-move]");
    if (link && plain && moveDialog()) {
      event.preventDefault();
      opener = link.closest("[id]").id;
      inTurn(() => openMoveSheet(link.href));
    } else if (event.target.closest("#day-pane [data-move-chosen]") && chosenVisits().length) {
      event.preventDefault();
      opener = `stop-${chosenVisits()[0]}`;
      const chosen = new URLSearchParams(chosenVisits().map((pickup) => ["pickup", pickup]));
      inTurn(() => openMoveSheet(`${document.querySelector("#day-pane").dataset.moves}?${chosen}`));
    } else if (event.target.closest("[data-copy]")) {
      copy(event.target.closest("details"));
    } else if (event.target.closest("[data-help]")) {
      document.querySelector("[data-help-dialog]").showModal();
    } else if (moveDialog() && event.target.closest("[data-move-dialog] [data-close]")) {
      event.preventDefault();
      moveDialog().close();
    }
  });
  moveDialog()?.addEventListener("close", backToStop);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && moveDialog()?.open) moveDialog().close();
  });
  // The day is swapped after a move was made from the dialog: then there is nothing left to ask.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.made && moveDialog()?.open) moveDialog().close();
  });
}

let opener = null;

function copy(message) {
  navigator.clipboard.writeText(message.querySelector("[data-copied]").textContent);
}

function backToStop() {
  if (opener) document.querySelector(`#${opener} a`)?.focus();
}
