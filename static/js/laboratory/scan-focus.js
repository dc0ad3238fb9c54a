// Keys of a keyboard wedge reach the field `data-scan` wherever the last touch was, unless the
// focus is in another field.
const TYPED = "input, select, textarea, [contenteditable]";

export function keepScanFocus() {
  const field = document.querySelector("[data-scan]");
  if (!field) return;
  field.select();
  document.addEventListener("keydown", (event) => {
    const elsewhere = document.activeElement?.matches(TYPED);
    if (!elsewhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ") field.focus();
  });
}
