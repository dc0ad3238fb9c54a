// Ten seconds to take back what was just said; later, the stop is reopened from the list.
import { button, h } from "./dom.js";
import { t } from "./texts.js";

const SECONDS = 10;
let timer = null;

export function offerUndo(words, undo) {
  const bar = document.querySelector("[data-undo]");
  const close = () => {
    clearTimeout(timer);
    bar.replaceChildren();
  };
  const take = () => {
    close();
    undo();
  };
  clearTimeout(timer);
  timer = setTimeout(close, SECONDS * 1000);
  bar.replaceChildren(
    h("div", { class: "undo-bar" }, h("span", {}, `✓ ${words}`), button(`↶ ${t("undo")}`, take, { id: "undo" }), h("span", { class: "undo-time", "aria-hidden": true })),
  );
}
