// The undo of the last record, for ten seconds; later, the stop is reopened from the list. The bar has a
// row of its own under the title, so that it covers nothing, and keeps it until the collector moves on.
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./texts.js";

const SECONDS = 10;
let timer = null;
let offered = null;
let over = false;

export function offerUndo(words, event, undo) {
  const bar = document.querySelector("[data-undo]");
  const take = () => {
    close();
    undo();
  };
  clearTimeout(timer);
  offered = event.client_id;
  over = false;
  timer = setTimeout(expire, SECONDS * 1000);
  bar.replaceChildren(
    h("div", { class: "undo-bar" }, h("span", {}, icon("check"), words), button(t("undo"), take, { id: "undo", icon: "undo" }), h("span", { class: "undo-time", "aria-hidden": true })),
  );
}

// The words stay: nothing moves under a finger.
function expire() {
  over = true;
  for (const part of document.querySelectorAll("[data-undo] :is(button, .undo-time)")) part.remove();
}

export function moveOn() {
  if (over) close();
}

// A refused event needs no undo: the list of refused events offers the ways to go on.
export function withdrawUndo(events) {
  if (events.some((event) => event.client_id === offered && event.status === "refused")) close();
}

function close() {
  clearTimeout(timer);
  offered = null;
  over = false;
  document.querySelector("[data-undo]").replaceChildren();
}
