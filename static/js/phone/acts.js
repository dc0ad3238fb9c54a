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
    if (!event) return;
    if (words) offerUndo(words, event, () => takeBack(event, "mistake"));
    if (location.hash !== "#/" && location.hash !== "") location.hash = "#/";
    else show();
  }

  async function takeBack(event, reason) {
    const payload = { undoes: event.client_id, reason };
    if (await kept(() => say(round, "undone", { pickup: event.pickup, payload }))) show();
  }

  const about = (stop, payload = {}) => ({ pickup: stop.pickup, payload });
  return {
    begin: () => tell("started"),
    arrive: (stop) => tell("arrived", about(stop)),
    collect: (stop, payload) => tell("collected", about(stop, payload), t("said_done", { name: stop.first_name })),
    giveUp: (stop, payload) => tell("not_done", about(stop, payload), t("said_not_done", { name: stop.first_name })),
    handOver: (payload) => tell("handed_over", { payload }, t("said_handed_over")),
    reopen: async (stop, reason) => {
      await takeBack(stop.state.decidedBy, reason);
      location.hash = `#/stop/${stop.pickup}`;
    },
    acknowledge: async () => {
      const { rounds } = await everything();
      const own = rounds.find((each) => each.round === round);
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
