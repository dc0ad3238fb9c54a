// Fades what does not match the words in `data-filter`, in the lists, on the map, in the timeline.
let words = [];

export function filterVisits() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-filter]")) return;
    words = plain(event.target.value).split(/\s+/).filter(Boolean);
    filterAgain();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.matches?.("[data-filter]")) return;
    event.target.value = "";
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    event.target.blur();
  });
}

export function filterAgain() {
  const pane = document.querySelector("#day-pane");
  if (!pane) return;
  const field = pane.querySelector("[data-filter]");
  if (field && field !== document.activeElement) field.value = words.join(" ");
  const faded = new Set();
  for (const stop of pane.querySelectorAll(".stop")) {
    const said = words.length ? plain(stop.textContent) : "";
    if (!words.every((word) => said.includes(word))) faded.add(stop.dataset.pickup);
  }
  for (const each of pane.querySelectorAll("[data-pickup]")) {
    each.classList.toggle("faded", faded.has(each.dataset.pickup));
  }
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
