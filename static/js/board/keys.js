// Keys on a stop: arrows move it one place, L pins it; ? shows the keys. Enter is the link itself.
import { propose } from "./moving.js";

let busy = false;

export function moveByKeys() {
  document.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    if (event.key === "?") return document.querySelector("[data-help-dialog]")?.showModal();
    const stop = event.target.closest("#day-pane .stop");
    if (!stop) return;
    if (event.key === "l" || event.key === "L") return pin(stop);
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      await once(() => step(stop, event.key === "ArrowUp" ? -1 : 1));
    }
  });
}

async function once(act) {
  if (busy) return;
  busy = true;
  try {
    await act();
  } finally {
    busy = false;
  }
}

function step(stop, by) {
  const list = stop.closest("[data-round]");
  if (!stop.hasAttribute("data-movable") || list.dataset.round === "tray") return;
  const stops = [...list.querySelectorAll(":scope > .stop")];
  const to = stops.indexOf(stop) + by;
  if (to < 0 || to >= stops.length) return;
  return propose(stop.dataset.pickup, `${list.dataset.round}:${to}`);
}

function pin(stop) {
  const button = stop.querySelector("[data-pin]");
  if (!button) return;
  const name = stop.id;
  document.body.addEventListener(
    "htmx:afterSettle",
    () => document.querySelector(`#${name} a`)?.focus(),
    { once: true },
  );
  button.click();
}
