// What the buttons do: keep the event on disk first, then show the next thing.
import { message, h } from "./dom.js";
import { say } from "./outbox.js";
import { everything, keepRound } from "./store.js";
import { t } from "./texts.js";
import { offerUndo } from "./undo-bar.js";

export function acts(model, show) {
  const round = model.snapshot.round;

  async function tell(kind, about, words) {
    const event = await kept(() => say(round, kind, about));
    if (!event) return null;
    if (words) offerUndo(words, event, () => takeBack(event, "mistake"));
    if (location.hash !== "#/" && location.hash !== "") location.hash = "#/";
    else show();
    return event;
  }

  async function takeBack(event, reason) {
    const payload = { undoes: event.client_id, reason };
    if (await kept(() => say(round, "undone", { pickup: event.pickup, payload }))) show();
  }

  const about = (stop, payload = {}) => ({ pickup: stop.pickup, payload });
  const name = (stop) => ({ name: stop.first_name });
  return {
    begin: (payload) => tell("started", { payload }),
    // Kept while the map opens: nothing waits for it, and the stop is not drawn anew.
    setOff: (stop) => stop.state.phase === "waiting" && kept(() => say(round, "en_route", about(stop))),
    arrive: (stop) => tell("arrived", about(stop)),
    collect: (stop, payload) => tell("collected", about(stop, payload), t("said_done", name(stop))),
    giveUp: (stop, payload) => tell("not_done", about(stop, payload), t("said_not_done", name(stop))),
    postpone: (stop) => tell("postponed", about(stop), t("said_postponed", name(stop))),
    handOver: (payload) => tell("handed_over", { payload }, t("said_handed_over")),
    close: (payload) => tell("closed", { payload }, t("said_closed")),
    report: (payload) => tell("incident", { payload }, t("said_incident")),
    readBoxes: async (readings) => {
      const said = [];
      for (const payload of readings) said.push(await kept(() => say(round, "box_read", { payload })));
      const known = said.filter(Boolean);
      if (!known.length) return;
      offerUndo(t("said_box_read"), known.at(-1), async () => {
        for (const event of known) await takeBack(event, "mistake");
      });
      location.hash = "#/";
    },
    divert: async (site, words, to) => {
      const told = await tell("incident", { payload: { kind: "clock", note: words, site: site.site } }, t("said_alarm"));
      if (told && to) location.assign(to);
    },
    reopen: async (stop, reason) => {
      await takeBack(stop.state.decidedBy, reason);
      location.hash = `#/stop/${stop.pickup}`;
    },
    acknowledge: async () => {
      const { rounds } = await everything();
      const own = rounds.find((each) => each.round === round);
      const payload = { revision: own.snapshot.revision };
      if (!(await kept(() => say(round, "acknowledged", { payload })))) return;
      await keepRound({ ...own, shown: own.snapshot });
      show();
    },
  };
}

// The screen changes only when the disk has it; where it has not, the form stays as it is.
async function kept(write) {
  try {
    return await write();
  } catch (error) {
    const note = message("danger", h("p", {}, t("not_kept")), h("p", { class: "small" }, error.name));
    document.querySelector("[data-page]").prepend(note);
    note.scrollIntoView();
    return null;
  }
}
