// The secret address of the collector's shifts, for another calendar.
import { RequestFailed, SignedOut, changeJson, fetchJson } from "./api.js";
import { button, h, message } from "./dom.js";
import { t } from "./texts.js";

const ADDRESS = "/phone/calendar";

export function calendarSection() {
  const status = h("div", { role: "status" });
  const show = (kind, ...words) => status.replaceChildren(message(kind, words.map((each) => h("p", { class: "address-line" }, each))));
  const changing = (method, then) => () => changeJson(ADDRESS, method).then(then).catch((error) => showFailure(error, show));
  const make = changing("POST", ({ address }) => show("ok", t("calendar_address"), address));
  const end = changing("DELETE", () => show("ok", t("calendar_ended")));
  fetchJson(ADDRESS).then(({ working }) => working && status.append(h("p", { class: "soft" }, t("calendar_working")))).catch(() => null);
  return h("div", { class: "field" },
    h("p", { class: "label" }, t("calendar")), h("p", { class: "hint" }, t("calendar_hint")), status,
    h("div", { class: "actions" },
      button(t("calendar_make"), make, { class: "full", id: "make-calendar" }),
      button(t("calendar_end"), end, { class: "full quiet" })));
}

function showFailure(error, show) {
  if (error instanceof SignedOut) return show("warn", t("sign_in_again"));
  if (!(error instanceof RequestFailed)) throw error;
  show("warn", error.status ? error.message : t("calendar_offline"));
}
