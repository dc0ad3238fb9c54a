// An emptying of the box on the way: the card of the next one, and its row in the list of stops.
import { h, link } from "./dom.js";
import { icon } from "./icons.js";
import { navigateButton } from "./navigation.js";
import { clock, t } from "./texts.js";

const MINUTE = 60_000;
const ICONS = { ahead: "todo", next: "navigate", done: "check", passed: "cross" };

const minutes = ({ begins_at, ends_at }) => Math.round((Date.parse(ends_at) - Date.parse(begins_at)) / MINUTE);

export const emptyingWords = (each) => t("empty_the_box", { place: each.name, n: minutes(each) });

/**
 * @param {import("./round").RoundModel} model
 * @param {import("./round").Stored} stored
 */
export function emptyingCard(model, stored) {
  const { emptying, next, snapshot } = model;
  return h(
    "section", { class: "card stop emptying", "aria-labelledby": "emptying-title" },
    h("div", { class: "stop-when" },
      h("span", { class: "disc", "aria-hidden": true }, icon("box")),
      h("div", {},
        h("p", { class: "small" }, t("next_emptying")),
        h("p", { class: "arrival" }, t("arrival", { time: clock(emptying.arrives_at, snapshot.time_zone) })))),
    h("h1", { id: "emptying-title", tabindex: -1 }, emptyingWords(emptying)),
    h("p", {}, t("empty_why")),
    h("div", { class: "actions stacked" },
      navigateButton(emptying, stored, null),
      link(t("hand_over"), "#/hand-over", { class: "main full tall", icon: "hand" }),
      next && link(t("empty_later", { town: next.address.town }), `#/stop/${next.pickup}`, { class: "quiet full", id: "go-on" })),
  );
}

// The rows of the emptyings that come after a stop, or before the first one.
export function emptyingRows(model, place) {
  return model.emptyings.filter((each) => each.place === place).map((each) => {
    const phase = model.started && each.site === model.emptying?.site && each.place === model.emptying.place ? "next" : each.phase;
    return h(
      "li", { class: `stop-row emptying ${phase}` },
      h("div", {},
        h("span", { class: "disc", "aria-hidden": true }, icon("box")),
        h("span", { class: "who" }, h("b", {}, `${clock(each.arrives_at, model.snapshot.time_zone)} ${each.name}`),
          h("span", { class: "small soft" }, emptyingWords(each))),
        h("span", { class: "phase small" }, icon(ICONS[phase]), t(`emptying_${phase}`))),
    );
  });
}
