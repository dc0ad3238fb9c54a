// The volume of the bottles taken: the donor's figure is offered, and marked as such until one is typed.
import { h } from "./dom.js";
import { stateInput, text } from "./fields.js";
import { icon } from "./icons.js";
import { litres, t } from "./texts.js";

const MOST_VOLUME = 60_000;

// `bottles()` is the count; the donor's volume belongs to the donor's count and to no other.
export function volumeField(stop, before, bottles) {
  let measured = Boolean(before) && !before.volume_declared;
  const field = text("volume", t("volume"), {
    value: before?.volume_ml || "", inputmode: "numeric",
    hint: stop.volume_ml ? t("said_by_donor", { figure: litres(stop.volume_ml) }) : "",
    check: (given) => volumeError(given, bottles()),
  });
  const mark = h("p", { class: "tag warn", role: "status" });
  const state = stateInput("volume-measured", (kept) => {
    measured = kept;
    draw();
  });
  field.input.after(mark, state);
  field.input.addEventListener("focus", () => field.input.select());
  field.input.addEventListener("input", () => {
    measured = field.value() !== "";
    draw();
  });

  const declared = () => !measured && field.value() !== "";

  function follow() {
    const offered = stop.bottles > 0 && bottles() === stop.bottles ? stop.volume_ml || "" : "";
    if (!measured) field.input.value = offered;
    draw();
  }

  function draw() {
    state.value = measured ? "1" : "";
    mark.replaceChildren(...(declared() ? [icon("warn"), t("volume_declared")] : []));
    mark.hidden = !declared();
  }

  if (!before) follow();
  draw();
  return { ...field, declared, follow };
}

function volumeError(given, bottles) {
  if (given === "" && bottles === 0) return null;
  if (!/^\d+$/.test(given) || Number(given) > MOST_VOLUME) return t("volume_missing");
  if (Number(given) === 0) return bottles ? t("volume_missing") : null;
  return bottles ? null : t("volume_without_bottles");
}
