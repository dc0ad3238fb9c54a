// The count of the bottles taken: the donor's figure is offered, and counts once it is confirmed.
import { button, h } from "./dom.js";
import { stateInput, stepper } from "./fields.js";
import { icon } from "./icons.js";
import { counted, t } from "./texts.js";

// `changed` is called with the new count; `before` is an earlier record of this visit, or null.
export function countField(stop, before, milk, changed) {
  const offered = milk ? stop.bottles : 0;
  let confirmed = Boolean(before) || offered === 0;
  const field = stepper("bottles", t("count"), {
    value: before?.bottles ?? offered, changed: confirm,
    hint: stop.bottles ? t("said_by_donor", { figure: counted("bottles", stop.bottles) }) : "",
  });
  const tick = button("", confirm, { class: "full counted", id: "counted" });
  const state = stateInput("count-confirmed", (kept) => {
    confirmed = kept;
    draw();
  });
  field.node.append(tick, state);

  function confirm() {
    confirmed = true;
    draw();
    changed(field.value());
  }

  // A number read from a bottle is a bottle counted.
  function raiseTo(numbers) {
    if (numbers > field.value()) field.input.value = numbers;
    if (numbers >= field.value() && numbers > 0) confirm();
  }

  function draw() {
    state.value = confirmed ? "1" : "";
    tick.hidden = field.value() === 0;
    tick.setAttribute("aria-pressed", String(confirmed));
    tick.replaceChildren(icon(confirmed ? "check" : "todo"), h("span", {}, counted("count_confirm", field.value())));
  }

  draw();
  const error = () => field.error() ?? (field.value() > 0 && !confirmed ? t("count_missing") : null);
  return { ...field, error, raiseTo };
}
