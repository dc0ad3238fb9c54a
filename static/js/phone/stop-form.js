// The record of one visit: how the milk was kept, what was taken, what was not.
import { celsiusField } from "./celsius-field.js";
import { h } from "./dom.js";
import { choices, judge, stepper, text } from "./fields.js";
import { refusedField } from "./refused-field.js";
import { counted, litres, t } from "./texts.js";

const MOST_VOLUME = 60_000;

// `before` is an earlier record of this visit that is being corrected, or null.
export function stopForm(stop, before, limit, done) {
  const milk = stop.purposes.some((purpose) => ["collection", "ward"].includes(purpose));
  const seen = () => milk || bottles.value() > 0 || refused.value().length > 0;
  const storage = choices(
    "storage", t("storage"), [["right", t("storage_right")], ["wrong", t("storage_wrong")]],
    { hint: t("storage_hint"), chosen: chosen(before?.storage_ok), missing: t("storage_missing") },
  );
  const freezer = celsiusField("freezer", t("freezer"), { value: before?.freezer_celsius ?? null, limit });
  const bottles = stepper("bottles", t("count"), {
    value: before?.bottles ?? stop.bottles,
    hint: stop.bottles ? t("said_by_donor", { figure: counted("bottles", stop.bottles) }) : "",
  });
  const volume = text("volume", t("volume"), {
    value: before?.volume_ml || "",
    inputmode: "numeric",
    hint: stop.volume_ml ? t("said_by_donor", { figure: litres(stop.volume_ml) }) : "",
    check: (given) => wrongVolume(given, bottles.value()),
  });
  const refused = refusedField(before?.refused);
  const empties = stepper("empties", t("empties"), { value: before?.empties_left ?? stop.empties_wanted, most: 500 });
  const labels = text("labels", t("labels"), {
    rows: 3, hint: t("labels_hint"), value: (before?.containers ?? []).join("\n"),
    check: (given) => wrongLabels(lines(given), bottles.value()),
  });
  const note = text("note", t("note_field"), { rows: 2, value: before?.note ?? "" });
  const whereMilkIs = (field) =>
    ({ ...field, mistake: () => (seen() || field.value() !== null ? field.mistake() : null) });
  const fields = [
    whereMilkIs(storage),
    whereMilkIs(freezer),
    { ...bottles, mistake: () => bottles.mistake() ?? nothing() },
    volume, refused, empties, labels,
  ];
  const nothing = () => (milk && !bottles.value() && !refused.value().length ? t("nothing") : null);

  function submit(event) {
    event.preventDefault();
    if (!judge(fields)) return;
    done({
      bottles: bottles.value(),
      volume_ml: Number(volume.value() || 0),
      freezer_celsius: freezer.value(),
      storage_ok: storage.value() && storage.value() === "right",
      containers: lines(labels.value()),
      refused: refused.value(),
      empties_left: empties.value(),
      note: note.value(),
    });
  }

  const fold = h("details", { class: "fold", open: Boolean(before?.containers?.length) }, h("summary", {}, t("labels")), labels.node);
  return h(
    "form", { class: "record", novalidate: true, onsubmit: submit },
    storage.node, freezer.node, bottles.node, volume.node, refused.node, fold, empties.node, note.node,
    h("div", { class: "actions" }, h("button", { class: "button main full tall" }, t("done"))),
  );
}

const chosen = (ok) => (ok === true ? "right" : ok === false ? "wrong" : null);

const lines = (given) => given.split(/[\s,;]+/).filter(Boolean).map((each) => each.toUpperCase());

function wrongVolume(given, bottles) {
  if (given === "" && bottles === 0) return null;
  if (!/^\d+$/.test(given) || Number(given) > MOST_VOLUME) return t("volume_missing");
  if (Number(given) === 0) return bottles ? t("volume_missing") : null;
  return bottles ? null : t("volume_without_bottles");
}

function wrongLabels(labels, bottles) {
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice) return t("labels_twice", { number: twice });
  return labels.length > bottles ? t("labels_many") : null;
}
