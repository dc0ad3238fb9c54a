// Where a visit is shown: its stop, its disc, its bars; found once, not looked for at every hover.
let known = null;

document.body.addEventListener("htmx:afterSettle", forget);

export function forget() {
  known = null;
}

export function shownOf(pickup) {
  known ??= gathered();
  return known.get(pickup) ?? [];
}

export function everyVisit() {
  known ??= gathered();
  return known;
}

function gathered() {
  const found = new Map();
  for (const each of document.querySelectorAll("#day-pane [data-pickup]")) {
    const { pickup } = each.dataset;
    if (found.has(pickup)) found.get(pickup).push(each);
    else found.set(pickup, [each]);
  }
  return found;
}
