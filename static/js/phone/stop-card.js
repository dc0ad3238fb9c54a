// One stop in full: when, who, where, what to take and to leave, how to get in, what to do now.
import { button, h, link } from "./dom.js";
import { navigateButton, otherApps } from "./navigate.js";
import { celsius, clock, counted, litres, t } from "./texts.js";

// `act` holds what the buttons do: arrive, or nothing where the stop is only read.
export function stopCard(stop, model, kept, { title, act }) {
  const zone = model.snapshot.time_zone;
  return h(
    "section", { class: "card stop", "aria-labelledby": "stop-title" },
    h("div", { class: "stop-when" },
      h("span", { class: "disc", "aria-hidden": true }, stop.place),
      h("div", {},
        h("p", { class: "small soft" }, title),
        h("p", { class: "arrival" }, t("arrival", { time: clock(stop.arrives_at, zone) })),
        h("p", { class: "soft" }, t("window", { opens: clock(stop.window.opens, zone), closes: clock(stop.window.closes, zone) })))),
    h("h1", { id: "stop-title", tabindex: -1 }, `${stop.first_name} ${stop.family_name}`),
    h("p", { class: "address" }, stop.address.line, h("br"), `${stop.address.postcode} ${stop.address.town}`),
    flags(stop),
    facts(stop),
    outcome(stop, zone),
    act && actions(stop, act, kept),
  );
}

function flags(stop) {
  const tags = stop.purposes.map((purpose) => h("li", { class: "tag" }, t(`purpose_${purpose}`)));
  if (stop.call_first) tags.unshift(h("li", { class: "tag warn" }, `! ${t("flag_call_first")}`));
  return h("ul", { class: "tags" }, tags);
}

function facts(stop) {
  const milk = stop.bottles
    ? [counted("bottles", stop.bottles), ", ", t("about", { volume: litres(stop.volume_ml) })]
    : t("nothing_to_take");
  const empties = stop.empties_wanted ? counted("empties", stop.empties_wanted) : t("nothing_to_leave");
  const pairs = [
    [t("take"), milk],
    [t("leave"), empties],
    [t("access"), stop.address.access_notes],
    [t("note"), stop.note],
    [t("code"), stop.code && h("strong", { class: "code" }, stop.code)],
    [t("donor", { number: "" }).trim(), grouped(stop.donor_number)],
  ];
  return h("dl", { class: "facts" },
    pairs.filter(([, said]) => said && said.length !== 0).map(([name, said]) => h("div", {}, h("dt", {}, name), h("dd", {}, said))));
}

function outcome({ state }, zone) {
  if (state.phase === "arrived") return h("p", { class: "soft" }, `✓ ${t("arrived_at", { time: clock(state.arrivedAt, zone) })}`);
  if (state.phase === "not_done") return h("p", {}, h("span", { class: "tag warn" }, `✕ ${t(`reason_${state.decidedBy.payload.reason}`)}`));
  if (state.phase !== "collected") return null;
  const { bottles, volume_ml, freezer_celsius } = state.decidedBy.payload;
  const figures = { bottles: counted("bottles", bottles), volume: litres(volume_ml), celsius: freezer_celsius === null ? "–" : celsius(freezer_celsius) };
  return h("p", {}, h("span", { class: "tag ok" }, "✓"), " ", t("recorded_bottles", figures));
}

function actions(stop, act, kept) {
  const here = `#/stop/${stop.pickup}`;
  const settled = stop.state.decidedBy !== null;
  if (settled) return h("div", { class: "actions" }, link(t("reopen"), `${here}/reopen`, { class: "full" }));
  const arrived = stop.state.phase === "arrived";
  const name = `${stop.first_name} ${stop.family_name}`;
  const main = arrived
    ? link(t("record"), `${here}/record`, { class: "main tall" })
    : button(t("here"), () => act.arrive(stop), { class: "main tall", id: "here" });
  return [
    h("div", { class: "actions two three" },
      stop.phone && link(`✆ ${t("call")}`, `tel:${stop.phone.replace(/[^+\d]/g, "")}`, { "aria-label": t("call_name", { name }) }),
      link(t("later"), `${here}/later`),
      link(t("not_done"), `${here}/not-done`)),
    !arrived && otherApps(stop.address, kept),
    h("div", { class: "actions two at-hand" }, !arrived && navigateButton(stop.address, kept, () => act.setOff(stop)), main),
  ];
}

const grouped = (number) => String(number).replace(/(\d{3})(?=\d)/g, "$1 ");
