// The hand-over to a navigation app: one tap for the phone's own choice, a fold for the others.
import { h, link } from "./dom.js";
import { navigation } from "./links.js";
import { t } from "./texts.js";

// iPhones do not know geo: addresses.
const APPLE = /iPhone|iPad|Macintosh/.test(navigator.userAgent);

export function navigateButton({ latitude, longitude }) {
  const to = navigation(latitude, longitude);
  return link(`➤ ${t("navigate")}`, APPLE ? to.apple : to.geo, { class: "tall", rel: "noreferrer" });
}

export function otherApps({ latitude, longitude }) {
  const to = navigation(latitude, longitude);
  const apps = ["geo", "google", "waze", "apple"].map((app) =>
    link(t(`navigate_${app}`), to[app], { rel: "noreferrer", target: app === "geo" ? null : "_blank" }));
  return h("details", { class: "fold" }, h("summary", {}, t("navigate_with")), h("div", { class: "apps" }, apps));
}
