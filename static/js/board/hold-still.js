// Keeps the day from changing under a hand: no refresh while something is dragged or a dialog is open.
export function holdStill() {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const refresh = event.detail.elt.id === "part-poll";
    const busy = document.body.hasAttribute("data-dragging") || document.querySelector("dialog[open], .wishes[open]");
    const typing = document.activeElement?.matches("#day-pane input:not(.pick), #day-pane select");
    if (refresh && (busy || typing)) event.preventDefault();
  });
}
