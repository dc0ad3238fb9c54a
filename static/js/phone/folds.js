// Open folds of a page outlive its drawing: a refresh closes nothing and empties nothing in use.

// Remembers the open folds of `page`; the returned function restores them in its new contents. A fold with
// `data-keep` stays the same node, with all that was typed into it and shown in it, as long as that value is the same.
export function keepFolds(page) {
  const open = new Map([...page.querySelectorAll("details[open]")].map((fold) => [nameOf(fold), fold]));
  return () => {
    for (const fold of page.querySelectorAll("details")) {
      const before = open.get(nameOf(fold));
      if (!before) continue;
      if (fold.dataset.keep && fold.dataset.keep === before.dataset.keep) fold.replaceWith(before);
      else fold.open = true;
    }
  };
}

const nameOf = (fold) => fold.id || fold.querySelector("summary").textContent;
