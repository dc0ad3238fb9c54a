// The card before the start: departure, loads, vehicle, and readiness without a network.
import { h, link } from "./dom.js";
import { aheadNote, isAhead } from "./future-round.js";
import { installHint } from "./install-hint.js";
import { icon } from "./icons.js";
import { readyList } from "./ready-list.js";
import { clock, counted, day, number, t } from "./texts.js";

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 */
export function startCard(model, stored) {
  const { snapshot } = model;
  const time = snapshot.departs_at ? clock(snapshot.departs_at, snapshot.time_zone) : "–";
  const departs = { time, place: snapshot.start.name };
  const ahead = isAhead(model);
  return h(
    "section", { class: `card stop begin ${ahead ? "ahead" : ""}` },
    h("div", { class: "stop-when" },
      h("span", { class: "disc", "aria-hidden": true }, snapshot.letter),
      h("div", {}, h("p", { class: "small" }, day(snapshot.day)), h("h1", { class: "arrival", tabindex: -1 }, t("departs", departs)))),
    ahead && aheadNote(model),
    h("dl", { class: "loads" },
      load("bottle", t("take"), counted("bottles", sum(model, "bottles"))),
      load("empty", t("leave"), counted("empties", sum(model, "empties_wanted")))),
    h("dl", { class: "facts" },
      fact(t("vehicle"), snapshot.vehicle || "–"),
      fact(t("distance"), t("km", { n: number(snapshot.metres / 1000, 0) }))),
    readyList(model, stored),
    installHint(stored),
    !ahead && h("div", { class: "actions at-hand" }, link(t("start"), "#/start", { class: "main full tall", id: "start", icon: "navigate" })),
  );
}

const sum = (model, name) => model.stops.reduce((total, stop) => total + stop[name], 0);

const load = (sign, name, what) => h("div", {}, h("dt", {}, icon(sign), name), h("dd", {}, h("b", {}, what)));

const fact = (name, what) => h("div", {}, h("dt", {}, name), h("dd", {}, what));
