// No refresh of the day during a drag, with an open dialog, or while a field has the focus.
export function pauseRefresh() {
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const refresh = event.detail.elt.id === "part-poll";
    const busy = document.body.hasAttribute("data-dragging") || document.querySelector("dialog[open], .wishes[open]");
    const typing = document.activeElement?.matches("#day-pane input:not(.pick), #day-pane select");
    if (refresh && (busy || typing)) event.preventDefault();
  });
}
