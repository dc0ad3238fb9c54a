// A day on the board for tests: rounds A (open), B (open), C (closed) and the tray, a map and a timeline.
import { openPage } from "./page.js";

const stop = ([pickup, name, movable = true]) => `
  <li class="stop" id="stop-${pickup}" data-pickup="${pickup}" ${movable ? "data-movable" : ""}>
    ${movable ? `<input type="checkbox" class="pick" name="pickup" value="${pickup}">` : ""}
    <a href="/stops/${pickup}" data-move>${name}</a><button data-pin>Pin</button>
  </li>`;

const round = (id, stops, closed = false) => `
  <article class="round" id="round-${id}" data-part data-stamp="1" data-round-id="${id}">
    <ol class="stops" data-round="${id}" ${closed ? "data-closed" : ""}>${stops.map(stop).join("")}</ol>
  </article>`;

export function openDay() {
  const window = openPage(`
    <div data-price-bar data-away="No network" hidden></div>
    <dialog data-help-dialog></dialog>
    <section id="day-pane" data-moves="/board/days/2026-11-24/moves" data-version="7" data-day="2026-11-24">
      <input data-filter><button data-optimise>Optimise</button><button data-undo>Undo</button><button data-redo>Redo</button>
      <p data-chosen-words data-one="1 chosen" data-many="# chosen"></p><p data-chosen-count></p><button data-choose-none>None</button>
      ${round(1, [[11, "Élise Martin"], [12, "Dora Petit"], [13, "Fanny Roux", false]])}
      ${round(2, [[21, "Gisèle Blanc"]])}
      ${round(3, [[31, "Hélène Noir"]], true)}
      <ol data-round="tray">${[[41, "Inès Martin"]].map(stop).join("")}</ol>
      <div class="map"><b class="map-disc" data-pickup="11">1</b><b class="map-disc" data-pickup="21">1</b></div>
      <div class="time-bars"><i data-pickup="11"></i></div>
    </section>`, { url: "https://bank.example/board/days/2026-11-24" });
  window.HTMLDialogElement.prototype.showModal ??= function showModal() {
    this.open = true;
  };
  return window;
}
