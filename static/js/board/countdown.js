// Countdowns to `data-until` in hours and minutes, in the notation of the server.
export function countDown() {
  document.addEventListener("milkround:shown", tick);
  setInterval(tick, 15_000);
}

function tick() {
  for (const each of document.querySelectorAll("[data-until]")) {
    const minutes = Math.round((Date.parse(each.dataset.until) - Date.now()) / 60_000);
    each.textContent = minutes > 0 ? words(minutes) : each.dataset.over;
  }
}

function words(minutes) {
  if (minutes < 60) return `${minutes}\u00a0min`;
  return `${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
}
