// The end of a round: each bottle out of the box, the box's temperature, what is missing in red.
import { celsiusField } from "./celsius-field.js";
import { button, h, message } from "./dom.js";
import { judge } from "./fields.js";
import { t } from "./texts.js";

export function handOverForm(model, done) {
  const all = model.box.flatMap((group) => group.numbers);
  const box = celsiusField("box", t("box"));
  const count = h("p", { class: "count", role: "status" });
  const send = h("button", { class: "button main full tall" });
  const node = h(
    "form", { class: "record", novalidate: true, onsubmit: submit, onchange: tell },
    model.open > 0 && message("warn", h("p", {}, t("hand_over_early", { n: model.open }))),
    h("p", { class: "soft" }, all.length ? t("hand_over_hint") : t("hand_over_empty")),
    model.box.map((group) => bottles(group, model, tell)),
    all.length > 0 && count,
    box.node,
    h("div", { class: "actions" }, send),
  );
  const taken = () => [...node.querySelectorAll(".bottles input:checked")].map((each) => each.value);

  function tell() {
    const missing = all.length - taken().length;
    count.replaceChildren(
      t("out_of_the_box", { n: taken().length, all: all.length }),
      missing ? h("strong", { class: "missing" }, ` ✕ ${t("missing", { n: missing })}`) : " ✓",
    );
    send.replaceChildren(missing ? t("hand_over_missing", { n: missing }) : t("hand_over"));
  }

  function submit(event) {
    event.preventDefault();
    if (!judge([box])) return;
    done({ site: model.snapshot.end.site, containers: taken(), box_celsius: box.value() });
  }

  tell();
  return node;
}

function bottles({ pickup, numbers }, model, tell) {
  const stop = model.stops.find((each) => each.pickup === pickup);
  const name = stop ? `${stop.place}. ${stop.first_name} ${stop.family_name}` : String(pickup);
  const boxes = numbers.map((number) =>
    h("label", { class: "bottle" }, h("input", { type: "checkbox", value: number, "aria-label": t("bottle", { number }) }), h("span", {}, number)));
  const everyOne = () => {
    for (const label of boxes) label.querySelector("input").checked = true;
    tell();
  };
  return h(
    "fieldset", { class: "card bottles" },
    h("legend", {}, name),
    button(`✓ ${t("all_of_them", { n: numbers.length })}`, everyOne),
    h("div", { class: "bottle-list" }, boxes),
  );
}
