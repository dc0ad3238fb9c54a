// Index of the elements of each visit: its stop, its disc, its bars. Built once, not at every hover.
let index = null;

document.body.addEventListener("htmx:afterSettle", resetIndex);

export function resetIndex() {
  index = null;
}

export function elementsOf(pickup) {
  index ??= buildIndex();
  return index.get(pickup) ?? [];
}

export function elementsByVisit() {
  index ??= buildIndex();
  return index;
}

function buildIndex() {
  const found = new Map();
  for (const each of document.querySelectorAll("#day-pane [data-pickup]")) {
    const { pickup } = each.dataset;
    if (found.has(pickup)) found.get(pickup).push(each);
    else found.set(pickup, [each]);
  }
  return found;
}
