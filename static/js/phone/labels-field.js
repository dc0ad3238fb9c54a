// The numbers of the bottles: typed, or read by the camera where there is one.
import { button, h } from "./dom.js";
import { text } from "./fields.js";
import { icon } from "./icons.js";
import { wrongLabel } from "./numbers.js";
import { scan } from "./scan.js";
import { t } from "./texts.js";

export function labelsField(stop, before, terms, bottles) {
  const check = (given) => wrongLabels(lines(given), stop.pickup, terms?.label_check, bottles());
  const labels = text("labels", t("labels"), { rows: 3, hint: t("labels_hint"), value: before.join("\n"), check });
  labels.input.setAttribute("autocapitalize", "characters");
  const view = h("div", { class: "scanner" });
  const told = h("p", { role: "status", class: "hint" });
  let stopScan = null;

  function add(number) {
    const known = lines(labels.input.value);
    if (!known.includes(number)) labels.input.value = [...known, number].join("\n");
    told.replaceChildren(icon("check"), t("scan_found", { number }));
    navigator.vibrate?.(60);
  }

  async function toggle() {
    if (stopScan) {
      stopScan = stopScan();
      go.replaceChildren(icon("camera"), t("scan"));
      return;
    }
    try {
      told.replaceChildren(t("scan_hint"));
      stopScan = await scan(view, (found) => add(clean(found)));
      go.replaceChildren(t("scan_stop"));
    } catch {
      told.replaceChildren(t("scan_no_camera"));
    }
  }

  const go = button(t("scan"), toggle, { class: "full", icon: "camera" });
  const camera = navigator.mediaDevices ? [go, view, told] : [];
  const fold = h("details", { class: "fold", open: before.length > 0 }, h("summary", {}, t("labels")), labels.node, camera);
  const mistake = () => {
    const found = labels.mistake();
    fold.open ||= Boolean(found);
    return found;
  };
  return { ...labels, node: fold, mistake, value: () => lines(labels.value()) };
}

const lines = (given) => given.split(/[\s,;]+/).filter(Boolean).map((each) => each.toUpperCase());

// ISBT 128 wraps a donation's number in signs that are no part of it.
const clean = (found) => found.trim().replace(/^[=&][%<>(]?/, "").toUpperCase();

function wrongLabels(labels, pickup, check, bottles) {
  for (const number of labels) {
    const wrong = wrongLabel(number, pickup, check);
    if (wrong) return t(wrong, { number });
  }
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice) return t("labels_twice", { number: twice });
  return labels.length > bottles ? t("labels_many") : null;
}
