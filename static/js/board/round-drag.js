// Drags a round's letter onto another round: every stop of it goes there, each to its best place.
import { hangAt, priceOf, propose, quiet, say } from "./moving.js";

let carried = null;
let over = null;
let asked = 0;

export function giveRounds() {
  document.addEventListener("dragstart", (event) => {
    const handle = event.target.closest?.("[data-round-handle]");
    if (!handle) return;
    const round = handle.closest(".round");
    carried = { id: handle.dataset.roundHandle, pickups: movable(round) };
    event.dataTransfer.setData("text/plain", handle.textContent);
    document.body.setAttribute("data-dragging", "");
  });
  document.addEventListener("dragover", (event) => {
    const round = carried && event.target.closest?.(".round[data-round-id]");
    if (!carried) return;
    hangAt(event.clientX, event.clientY);
    if (!round || round.dataset.roundId === carried.id) return;
    event.preventDefault();
    if (over !== round) hover(round);
  });
  document.addEventListener("drop", (event) => {
    const round = carried && event.target.closest?.(".round[data-round-id]");
    if (!round || round.dataset.roundId === carried.id) return;
    event.preventDefault();
    propose(carried.pickups, round.dataset.roundId);
    end();
  });
  document.addEventListener("dragend", () => {
    if (!carried) return;
    quiet();
    end();
  });
}

const movable = (round) =>
  [...round.querySelectorAll(".stop[data-movable]")].map((stop) => stop.dataset.pickup);

async function hover(round) {
  over?.classList.remove("over");
  over = round;
  round.classList.add("over");
  const mine = (asked += 1);
  const { holder } = await priceOf(carried.pickups, round.dataset.roundId);
  if (mine === asked && carried) say(holder);
}

function end() {
  asked += 1;
  over?.classList.remove("over");
  carried = over = null;
  document.body.removeAttribute("data-dragging");
}
