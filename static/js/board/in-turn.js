// One change after the other: what is asked for while a change is under way waits for its turn.
let last = Promise.resolve();

export function inTurn(change) {
  const turn = last.then(change);
  last = turn.catch(() => {});
  return turn;
}

// Undo and redo are buttons of a form; in their turn there may be other buttons in their place.
export function takeBackInTurn() {
  document.addEventListener("click", (event) => {
    if (!event.isTrusted && event.detail === HANDED_ON) return;
    const which = ["[data-undo]", "[data-redo]"].find((name) => event.target.closest(name));
    if (!which) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    inTurn(() => answered(which));
  }, true);
}

const HANDED_ON = -1;

function answered(which) {
  const button = document.querySelector(`${which}:enabled`);
  if (!button) return undefined;
  return new Promise((resolve) => {
    const heard = (event) => {
      if (event.detail.requestConfig?.verb !== "post") return;
      document.body.removeEventListener("htmx:afterRequest", heard);
      resolve();
    };
    document.body.addEventListener("htmx:afterRequest", heard);
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: HANDED_ON }));
  });
}
