// The way to the home screen: a hint on an iPhone, a button where the browser offers one.
import { button, h, message } from "./dom.js";
import { changeSettings } from "./store.js";
import { t } from "./texts.js";

let offer = null;

const isInstalled = () => navigator.standalone === true || Boolean(globalThis.matchMedia?.("(display-mode: standalone)").matches);
const isApple = () => /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

export function watchInstall() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    document.dispatchEvent(new CustomEvent("phone:changed"));
  });
}

export const canInstall = () => !isInstalled() && Boolean(offer || isApple());

/** @param {import("./round").Stored} stored */
export function installHint({ settings }) {
  if (!canInstall() || settings.installHint === "seen") return null;
  const seen = () => changeSettings({ installHint: "seen" }).then(() => document.dispatchEvent(new CustomEvent("phone:changed")));
  const install = () => offer.prompt().then(seen);
  return message("info",
    h("p", {}, h("b", {}, t("install_title"))),
    h("p", {}, t(offer ? "install_text" : "install_apple")),
    h("div", { class: "actions" },
      offer && button(t("install_go"), install, { class: "full", id: "install" }),
      button(t("install_seen"), seen, { class: "full quiet", id: "install-seen" })));
}
