// The button to a navigation app, by the collector's setting and the bank's policy.
import { h, link } from "./dom.js";
import { navigationLinks } from "./navigation-links.js";
import { t } from "./texts.js";

export const APPS = ["geo", "google", "waze", "apple"];
// iPhones have no app for geo: addresses.
const OWN = /iPhone|iPad|Macintosh/.test(navigator.userAgent) ? "apple" : "geo";

export const appsAllowed = (terms) => ({ off: [], own: [OWN], all: APPS })[terms?.navigation ?? "all"];

export function navigationTo({ latitude, longitude }, { terms, settings }) {
  const allowed = appsAllowed(terms);
  if (!allowed.length || latitude === null) return null;
  const app = allowed.includes(settings?.navigation) ? settings.navigation : OWN;
  return navigationLinks(latitude, longitude)[app];
}

export function navigateButton(address, stored, onclick) {
  const to = navigationTo(address, stored);
  if (to) return link(t("navigate"), to, { class: "tall", icon: "navigate", rel: "noreferrer", onclick, id: "navigate" });
  return null;
}

export function otherApps(address, stored) {
  const { latitude, longitude } = address;
  if (latitude === null) return null;
  const allowed = appsAllowed(stored.terms);
  if (!allowed.length) return h("p", { class: "soft" }, `${t("coordinates")} ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
  if (allowed.length === 1) return null;
  const to = navigationLinks(latitude, longitude);
  const apps = allowed.map((app) =>
    link(t(`navigate_${app}`), to[app], { rel: "noreferrer", target: app === "geo" ? null : "_blank" }));
  return h("details", { class: "fold" }, h("summary", {}, t("navigate_with")), h("div", { class: "apps" }, apps));
}
