// The undo of the last act: offered for ten seconds. The act stays on the page.
const OFFERED_MS = 10_000;

export function endUndo() {
  const button = document.querySelector("[data-undo-button]");
  if (button) setTimeout(() => button.closest("form").remove(), OFFERED_MS);
}
