// A label that another visit of the round has already, or that stands twice: noticed as it is typed.
import { h } from "./dom.js";
import { numbersIn } from "./labels-field.js";
import { t } from "./texts.js";

const NAMES = ["labels", "tube"];

// The labels of bottles and tubes of the round's other visits, each with its stop.
export const usedLabels = (stops, pickup) =>
  new Map(stops
    .filter((stop) => stop.pickup !== pickup && stop.state.decidedBy?.kind === "collected")
    .flatMap((stop) => labelsOf(stop.state.decidedBy.payload).map((label) => [label, stop])));

const labelsOf = ({ containers = [], tubes = [] }) => [...containers, ...tubes.map((tube) => tube.number).filter(Boolean)];

// Shows the notice under the field, and holds the record back as long as one is shown.
export function noticeUsedLabels(form, used) {
  for (const name of ["input", "change"]) form.addEventListener(name, (event) => show(event.target, event.type));
  form.addEventListener("submit", holdBack, { capture: true });
  return form;

  function show(control, occasion) {
    if (!NAMES.includes(control.name)) return;
    control.parentElement.querySelector(":scope > .used")?.remove();
    const typing = occasion === "input" && control === document.activeElement;
    const words = problem(control, typing ? finished(control.value) : control.value);
    if (words) control.after(h("p", { class: "wrong used", role: "alert" }, words));
  }

  function problem(control, text) {
    const all = [...form.elements].filter((each) => NAMES.includes(each.name)).flatMap((each) => numbersIn(each === control ? text : each.value));
    for (const number of numbersIn(text)) {
      const stop = used.get(number);
      if (stop) return t("label_used", { number, place: stop.place, name: stop.first_name });
      if (all.filter((each) => each === number).length > 1) return t("labels_twice", { number });
    }
    return null;
  }

  function holdBack(event) {
    for (const name of NAMES) for (const control of form.querySelectorAll(`[name=${name}]`)) show(control, "submit");
    const notice = form.querySelector(".used");
    if (!notice) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    for (let fold = notice.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    notice.previousElementSibling.focus();
  }
}

// The number that is being typed is not judged before its end.
const finished = (text) => text.replace(/[^\s,;]*$/, "");
