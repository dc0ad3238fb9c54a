// The hand-over form: containers out of their boxes, temperatures, receiver; missing ones in red.
import { bottleGroup } from "./bottle-group.js";
import { celsiusField } from "./celsius-field.js";
import { button, h, message, submit } from "./dom.js";
import { choices, text } from "./fields.js";
import { icon } from "./icons.js";
import { readSign, scanPart } from "./scan-part.js";
import { t } from "./texts.js";
import { validate } from "./validation.js";

/**
 * @param {import("./round").RoundModel} model
 * @param {any} terms
 * @param {any} done
 */
export function handOverForm(model, terms, done) {
  const all = model.items.length;
  const place = placeField(sites(model, terms));
  const degrees = degreeFields(model, terms?.box_warmest_celsius ?? null);
  const receiver = text("receiver", t("receiver"), { check: (given) => (given ? null : t("receiver_missing")) });
  const note = text("note", t("hand_over_note"), { rows: 2 });
  const groups = model.box.map((group) => bottleGroup(group, model.stops, drawCounts)).sort((one, other) => one.place - other.place);
  const count = h("p", { class: "count", role: "status" });
  const send = submit("");
  const taken = () => groups.flatMap((group) => group.taken());

  function read(number) {
    const known = groups.some((group) => group.tick(number));
    count.dispatchEvent(new Event("change", { bubbles: true }));
    return known ? readSign(number) : [icon("cross"), t("scan_not_aboard", { number })];
  }

  function takeAll() {
    for (const group of groups) group.tickAll();
  }

  function drawCounts() {
    const missing = all - taken().length;
    for (const group of groups) group.drawCount();
    count.replaceChildren(
      missing ? "" : icon("check"), t("out_of_the_box", { n: all - missing, all }), " ",
      missing ? h("strong", { class: "missing" }, icon("cross"), t("missing", { n: missing })) : "",
    );
    send.replaceChildren(missing ? t("hand_over_missing", { n: missing }) : t("hand_over"));
  }

  function onsubmit(event) {
    event.preventDefault();
    if (!validate([...degrees, receiver])) return;
    const boxes = degrees.map(({ box, value }) => ({ box, celsius: value() }));
    done({
      site: place.value(), containers: taken(), receiver: receiver.value(), note: note.value(),
      box_celsius: Math.max(...boxes.map((each) => each.celsius)), boxes: boxes.filter((each) => each.box),
    });
  }

  drawCounts();
  return h(
    "form", { class: "record", novalidate: true, onsubmit, onchange: drawCounts },
    !model.emptying && model.open > 0 && message("warn", h("p", {}, t("hand_over_early", { n: model.open }))),
    place.node,
    h("p", { class: "soft" }, t(all ? "hand_over_hint" : "hand_over_empty")),
    all > 0 && h("div", { class: "apps field" }, button(t("hand_over_all", { n: all }), takeAll, { class: "full", id: "take-all", icon: "check" }), scanPart(read)),
    groups.map((group) => group.node),
    degrees.map((field) => field.node), receiver.node, note.node,
    h("div", { class: "actions at-hand stacked" }, all > 0 && count, send),
  );
}

// The emptying that is next comes first, else the end of the round, then every other freezer.
function sites(model, terms) {
  const others = [model.snapshot.end, ...(terms?.freezers ?? [])];
  const all = [model.emptying, ...others].filter(Boolean).map(({ site, name }) => ({ site, name }));
  return all.filter((each, at) => all.findIndex((other) => other.site === each.site) === at);
}

// A single place needs no question.
function placeField(places) {
  const first = places[0].site;
  if (places.length === 1) return { node: null, value: () => first };
  const field = choices("site", t("hand_over_where"), places.map(({ site, name }) => [String(site), name]), { chosen: String(first) });
  return { node: field.node, value: () => Number(field.value()) };
}

function degreeFields(model, limit) {
  const used = [...new Set(model.items.map((item) => item.box))].filter(Boolean);
  const words = (box) => (box ? t("box_celsius_of", { box }) : t("box"));
  return (used.length ? used : [""]).map((box) => ({ box, ...celsiusField("box", words(box), { limit, warm: "box_warm" }) }));
}
