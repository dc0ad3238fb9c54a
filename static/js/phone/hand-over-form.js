// The hand-over: each container out of its box, how cold, to whom; what is missing in red.
import { celsiusField } from "./celsius-field.js";
import { button, h, message } from "./dom.js";
import { choices, judge, text } from "./fields.js";
import { t } from "./texts.js";

export function handOverForm(model, terms, done) {
  const all = model.box.flatMap((group) => group.numbers);
  const places = sites(model, terms);
  const where = places.length > 1
    ? choices("site", t("hand_over_where"), places.map(({ site, name }) => [String(site), name]), { chosen: String(places[0].site), missing: t("wrong") })
    : null;
  const used = [...new Set(model.items.map((item) => item.box))].filter(Boolean);
  const degrees = (used.length ? used : [""]).map((box) => [box, celsiusField("box", box ? t("box_celsius_of", { box }) : t("box"), { limit: terms?.box_warmest_celsius ?? null, warm: "box_warm" })]);
  const receiver = text("receiver", t("receiver"), { check: (given) => (given ? null : t("receiver_missing")) });
  const note = text("note", t("hand_over_note"), { rows: 2 });
  const count = h("p", { class: "count", role: "status" });
  const send = h("button", { class: "button main full tall" });
  const node = h(
    "form", { class: "record", novalidate: true, onsubmit: submit, onchange: tell },
    model.open > 0 && message("warn", h("p", {}, t("hand_over_early", { n: model.open }))),
    where?.node,
    h("p", { class: "soft" }, all.length ? t("hand_over_hint") : t("hand_over_empty")),
    model.box.map((group) => bottles(group, model, tell)),
    all.length > 0 && count,
    degrees.map(([, field]) => field.node), receiver.node, note.node,
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
    if (!judge([...degrees.map(([, field]) => field), receiver])) return;
    const boxes = degrees.map(([box, field]) => ({ box, celsius: field.value() }));
    done({
      site: Number(where?.value() ?? places[0].site), containers: taken(), receiver: receiver.value(), note: note.value(),
      box_celsius: Math.max(...boxes.map((each) => each.celsius)), boxes: boxes.filter((each) => each.box),
    });
  }

  tell();
  return node;
}

// Where the round ends comes first, then every other freezer.
function sites(model, terms) {
  const { end } = model.snapshot;
  return [{ site: end.site, name: end.name }, ...(terms?.freezers ?? []).filter((each) => each.site !== end.site)];
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
