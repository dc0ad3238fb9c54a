// The roster's grid: one tab stop, arrows between the days, a panel for one cell, W for a copy.
import { htmx } from "./htmx.js";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export function useRosterGrid() {
  const grid = document.querySelector("[data-roster]");
  if (!grid) return;
  const rows = [...grid.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]);
  const cells = rows.flat();
  for (const cell of cells) cell.tabIndex = -1;
  const named = location.hash && document.getElementById(location.hash.slice(1));
  const today = grid.querySelector("td.today [data-cell]");
  const first = cells.includes(named) ? named : (today ?? cells[0]);
  first.tabIndex = 0;
  if (first === named) first.focus();
  else scrollTo(grid, first);
  grid.addEventListener("focusin", ({ target }) => makeOnlyStop(cells, target.closest("[data-cell]")));
  grid.addEventListener("keydown", (event) => onKey(event, grid, rows));
  grid.addEventListener("click", (event) => openPanel(event, event.target.closest("[data-cell]")));
  document.addEventListener("click", (event) => event.target.closest("[data-close-panel]") && closePanel());
  document.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());
}

function onKey(event, grid, rows) {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "w" || event.key === "W") {
    event.preventDefault();
    grid.querySelector(`[data-copy-week="${cell.dataset.week}"]`).focus();
    return;
  }
  const row = rows.findIndex((each) => each.includes(cell));
  const column = rows[row].indexOf(cell);
  const next = target(event.key, rows, row, column);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function target(key, rows, row, column) {
  if (key === "Home") return rows[row][0];
  if (key === "End") return rows[row].at(-1);
  const step = STEPS[key];
  return step && rows[row + step[0]]?.[column + step[1]];
}

function makeOnlyStop(cells, chosen) {
  if (!chosen) return;
  for (const cell of cells) cell.tabIndex = cell === chosen ? 0 : -1;
}

let opener = null;

async function openPanel(event, cell) {
  if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opener = cell;
  const panel = document.querySelector("#cell-panel");
  await htmx.ajax("get", cell.href, { target: "#cell-panel", swap: "innerHTML" });
  panel.hidden = false;
  panel.querySelector("input:not([type=hidden]), select, summary")?.focus();
}

function closePanel() {
  const panel = document.querySelector("#cell-panel");
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  opener?.focus();
}

function scrollTo(grid, cell) {
  const frame = grid.closest(".roster-scroll");
  const name = grid.querySelector("tbody .who");
  const left = cell.getBoundingClientRect().left - frame.getBoundingClientRect().left - name.offsetWidth;
  if (left > frame.clientWidth / 2) frame.scrollLeft += left;
}
