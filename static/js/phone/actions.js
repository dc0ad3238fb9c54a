// The actions behind the buttons: an event is stored first, then the next page is shown.
import { h, message } from "./dom.js";
import { record } from "./outbox.js";
import { updateRound } from "./store.js";
import { t } from "./texts.js";
import { offerUndo } from "./undo-bar.js";

/**
 * @param {import("./round").RoundModel} model
 * @param {() => void} show
 */
export function roundActions(model, show) {
  const round = model.snapshot.round;
  const make = maker(round);
  const { tell, undo } = recorder(make, show);
  const about = (stop, payload = {}) => ({ pickup: stop.pickup, payload });
  const name = (stop) => ({ name: stop.first_name });
  return {
    begin: (payload) => tell("started", { payload }),
    readBoxes: (readings) => readBoxes(make, readings, undo),
    // Stored while the map opens: nothing waits for it, and the stop is not drawn anew.
    setOff: (stop) => stop.state.phase === "waiting" && make("en_route", about(stop)),
    arrive: (stop) => arrive(make, stop),
    collect: (stop, payload) => tell("collected", about(stop, payload), t("said_done", name(stop))),
    showAddress: (stop) => tell("address_shown", about(stop), null, { stay: true }),
    markNotDone: (stop, payload) => tell("not_done", about(stop, payload), t("said_not_done", name(stop))),
    postpone: (stop) => tell("postponed", about(stop), t("said_postponed", name(stop))),
    handOver: (payload) => tell("handed_over", { payload }, t("said_handed_over")),
    close: (payload) => tell("closed", { payload }, t("said_closed")),
    report: (payload) => tell("incident", { payload }, t("said_incident")),
    divert: async (site, words, to) => {
      const event = await tell("incident", { payload: { kind: "clock", note: words, site: site.site } }, t("said_alarm"));
      if (event && to) location.assign(to);
    },
    reopen: async (stop, reason) => {
      await undo(stop.state.decidedBy, reason);
      location.hash = `#/stop/${stop.pickup}`;
    },
    acknowledge: () => acknowledge(round, make, model.fresh, show),
  };
}

// Records an event once for each page drawn: a second tap or click on it makes no second record.
function maker(round) {
  const made = new Set();
  return async (kind, { pickup = null, payload = {} }) => {
    const key = JSON.stringify([kind, pickup, payload]);
    if (made.has(key)) return null;
    made.add(key);
    const event = await stored(() => record(round, kind, { pickup, payload }));
    if (!event) made.delete(key);
    return event;
  };
}

// `tell` records an event, offers its undo and goes back to the round; `undo` takes it back.
function recorder(make, show) {
  async function tell(kind, about, words, { stay = false } = {}) {
    const event = await make(kind, about);
    if (!event) return null;
    if (words) offerUndo(words, event, () => undo(event, "mistake"));
    if (!stay && location.hash !== "#/" && location.hash !== "") location.hash = "#/";
    else show();
    return event;
  }

  async function undo(event, reason) {
    const payload = { undoes: event.client_id, reason };
    if (await make("undone", { pickup: event.pickup, payload })) show();
  }

  return { tell, undo };
}

// At the door, the record is the next page.
async function arrive(make, stop) {
  const event = await make("arrived", { pickup: stop.pickup });
  if (event) location.hash = `#/stop/${stop.pickup}/record`;
}

async function readBoxes(make, readings, undo) {
  const events = [];
  for (const payload of readings) events.push(await make("box_read", { payload }));
  const recorded = events.filter(Boolean);
  if (!recorded.length) return;
  offerUndo(t("said_box_read"), recorded.at(-1), async () => {
    for (const event of recorded) await undo(event, "mistake");
  });
  location.hash = "#/";
}

// The revision on the page counts, even if the phone has received another one meanwhile.
async function acknowledge(round, make, shown, show) {
  const payload = { revision: shown.revision };
  if (!(await make("acknowledged", { payload }))) return;
  await updateRound(round, (current) => current && { ...current, shown });
  show();
}

// The page changes only once the disk has the event; failing that, the form stays as it is.
async function stored(write) {
  try {
    return await write();
  } catch (error) {
    const note = message("danger", h("p", {}, t("not_kept")), h("p", { class: "small" }, error.name));
    document.querySelector("[data-page]").prepend(note);
    note.scrollIntoView();
    return null;
  }
}
