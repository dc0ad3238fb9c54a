// The queue of edits: each one starts after the former has been answered.
let last = Promise.resolve();

export function enqueue(change) {
  const turn = last.then(change);
  last = turn.catch(() => {});
  return turn;
}

// Undo and redo are buttons of a form; when their turn comes they may have been replaced.
export function queueUndo() {
  document.addEventListener("click", (event) => {
    if (!event.isTrusted && event.detail === FROM_QUEUE) return;
    const which = ["[data-undo]", "[data-redo]"].find((name) => event.target.closest(name));
    if (!which) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    enqueue(() => pressButton(which));
  }, true);
}

const FROM_QUEUE = -1;

function pressButton(which) {
  const button = document.querySelector(`${which}:enabled`);
  if (!button) return undefined;
  return /** @type {Promise<void>} */ (new Promise((resolve) => {
    const onAnswer = (event) => {
      if (event.detail.requestConfig?.verb !== "post") return;
      document.body.removeEventListener("htmx:afterRequest", onAnswer);
      resolve();
    };
    document.body.addEventListener("htmx:afterRequest", onAnswer);
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: FROM_QUEUE }));
  }));
}
