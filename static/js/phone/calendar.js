// The secret address under which a collector's own calendar reads her shifts.
import { Away, SignedOut, change, read } from "./api.js";
import { button, h, message } from "./dom.js";
import { t } from "./texts.js";

const ADDRESS = "/phone/calendar";

export function calendarPart() {
  const told = h("div", { role: "status" });
  const tell = (kind, ...words) => told.replaceChildren(message(kind, words.map((each) => h("p", { class: "address-line" }, each))));
  const asking = (method, then) => () => change(ADDRESS, method).then(then).catch((error) => away(error, tell));
  const make = asking("POST", ({ address }) => tell("ok", t("calendar_address"), address));
  const end = asking("DELETE", () => tell("ok", t("calendar_ended")));
  read(ADDRESS).then(({ working }) => working && told.append(h("p", { class: "soft" }, t("calendar_working")))).catch(() => null);
  return h("div", { class: "field" },
    h("p", { class: "label" }, t("calendar")), h("p", { class: "hint" }, t("calendar_hint")), told,
    h("div", { class: "actions" },
      button(t("calendar_make"), make, { class: "full", id: "make-calendar" }),
      button(t("calendar_end"), end, { class: "full quiet" })));
}

function away(error, tell) {
  if (error instanceof SignedOut) return tell("warn", t("sign_in_again"));
  if (!(error instanceof Away)) throw error;
  tell("warn", error.status ? error.message : t("calendar_offline"));
}
