// Fingers and mouse buttons on the page. The click comes after the release, and only to the element that was
// pressed: a page that is drawn anew in between loses the tap.

// A browser sends the click of a tap within this time after the release; a scroll or a long press sends none.
const CLICK_MS = 400;
const down = new Set();
let waiting = null;
let timer = null;

export function watchPresses() {
  addEventListener("pointerdown", ({ pointerId }) => {
    clearTimeout(timer);
    down.add(pointerId);
  }, true);
  addEventListener("pointerup", () => (timer = setTimeout(release, CLICK_MS)), true);
  addEventListener("pointercancel", release, true);
  addEventListener("blur", release);
  // After the listeners of the element itself.
  addEventListener("click", () => setTimeout(release));
}

export const isPressed = () => down.size > 0;

// Calls `go` after the release; of several, only the last.
export const whenReleased = (go) => (waiting = go);

function release() {
  clearTimeout(timer);
  down.clear();
  const go = waiting;
  waiting = null;
  go?.();
}
