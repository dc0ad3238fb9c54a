// Dragging of a round's letter onto another round: every stop goes there, to its best place.
import { fetchPrice, hidePrice, placePriceAt, proposeMove, showPrice } from "./moves.js";

let dragged = null;
let target = null;
let lastRequest = 0;

export function dragRounds() {
  document.addEventListener("dragstart", (event) => {
    const handle = event.target.closest?.("[data-round-handle]");
    if (!handle) return;
    const round = handle.closest(".round");
    dragged = { id: handle.dataset.roundHandle, pickups: movable(round) };
    event.dataTransfer.setData("text/plain", handle.textContent);
    document.body.setAttribute("data-dragging", "");
  });
  document.addEventListener("dragover", (event) => {
    const round = dragged && event.target.closest?.(".round[data-round-id]");
    if (!dragged) return;
    placePriceAt(event.clientX, event.clientY);
    if (!round || round.dataset.roundId === dragged.id) return;
    event.preventDefault();
    if (target !== round) hover(round);
  });
  document.addEventListener("drop", (event) => {
    const round = dragged && event.target.closest?.(".round[data-round-id]");
    if (!round || round.dataset.roundId === dragged.id) return;
    event.preventDefault();
    proposeMove(dragged.pickups, round.dataset.roundId);
    end();
  });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    hidePrice();
    end();
  });
}

const movable = (round) =>
  [...round.querySelectorAll(".stop[data-movable]")].map((stop) => stop.dataset.pickup);

async function hover(round) {
  target?.classList.remove("over");
  target = round;
  round.classList.add("over");
  const request = (lastRequest += 1);
  const { holder } = await fetchPrice(dragged.pickups, round.dataset.roundId);
  if (request === lastRequest && dragged) showPrice(holder);
}

function end() {
  lastRequest += 1;
  target?.classList.remove("over");
  dragged = target = null;
  document.body.removeAttribute("data-dragging");
}
