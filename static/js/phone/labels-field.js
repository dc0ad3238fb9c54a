// The label numbers of the bottles, typed or read by the camera.
import { h } from "./dom.js";
import { text } from "./fields.js";
import { labelError } from "./numbers.js";
import { readSign, scanPart } from "./scan-part.js";
import { t } from "./texts.js";

export function labelsField(stop, before, terms, count) {
  const check = (given) => labelsError(numbersIn(given), stop.pickup, terms?.label_check, count.value());
  const labels = text("labels", t("labels"), { rows: 3, hint: t("labels_hint"), value: before.join("\n"), check });
  labels.input.setAttribute("autocapitalize", "characters");
  function add(number) {
    const known = numbersIn(labels.input.value);
    const numbers = known.includes(number) ? known : [...known, number];
    labels.input.value = numbers.join("\n");
    count.raiseTo(numbers.length);
    labels.input.dispatchEvent(new Event("input", { bubbles: true }));
    return readSign(number);
  }

  const details = h("details", { class: "fold", open: before.length > 0 }, h("summary", {}, t("labels")), labels.node, scanPart(add));
  const error = () => {
    const message = labels.error();
    details.open ||= Boolean(message);
    return message;
  };
  return { ...labels, node: details, error, value: () => numbersIn(labels.value()) };
}

export const numbersIn = (given) => given.split(/[\s,;]+/).filter(Boolean).map((each) => each.toUpperCase());

function labelsError(labels, pickup, check, bottles) {
  for (const number of labels) {
    const wrong = labelError(number, pickup, check);
    if (wrong) return t(wrong, { number });
  }
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice) return t("labels_twice", { number: twice });
  return labels.length > bottles ? t("labels_many") : null;
}
