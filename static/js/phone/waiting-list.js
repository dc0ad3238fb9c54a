// Unsent records and photos in the order of time, and drafts; each with its state.
import { deleteButton } from "./delete-button.js";
import { happenedAt } from "./device-clock.js";
import { button, h } from "./dom.js";
import { discardDraft, restoreDraft } from "./drafts.js";
import { unsentRecords } from "./outbox.js";
import { eventLine, stopOf } from "./refused-events.js";
import { photoLine } from "./refused-photos.js";
import { openRound } from "./round-choice.js";
import { clock, t } from "./texts.js";

// The records and photos that go out by themselves; a refused one waits for the collector.
export const waitingRecords = (stored) =>
  unsentRecords(stored)
    .filter((event) => event.status === "waiting" || (event.status === "sent" && !stored.photoFaults?.[event.payload.photo]?.final))
    .sort(byTime);

export const byTime = (one, other) => Date.parse(happenedAt(one)) - Date.parse(happenedAt(other));

export const waitingList = (waiting, stored) => [
  h("h2", {}, `${t("sync_title_waiting")} (${waiting.length})`),
  h("ul", { class: "unsent" }, waiting.map((event) => h("li", {}, ...lineOf(event, stored)))),
];

function lineOf(event, stored) {
  const id = event.payload.photo;
  const [line, fault] = event.status === "sent" ? [photoLine(id, stored), stored.photoFaults?.[id]?.message] : [eventLine(event, stored), event.fault];
  return [line, fault && h("span", { class: "small missing" }, fault)];
}

export const draftList = (stored, refresh) => [
  h("h2", {}, `${t("drafts_title")} (${stored.drafts.length})`),
  h("p", {}, t("drafts_text")),
  stored.drafts.map((draft) => draftCard(draft, stored, refresh)),
];

function draftCard(draft, stored, refresh) {
  const stop = stopOf(draft, stored);
  const open = () => {
    openRound(draft.round);
    location.hash = `#/${draft.address}`;
  };
  return h("section", { class: "card" },
    h("p", {}, h("b", {}, [clock(draft.at), t("draft_form"), stop && `${stop.first_name}, ${stop.address.town}`].filter(Boolean).join(" · "))),
    h("div", { class: "actions" },
      button(t("draft_open"), open, { class: "full" }),
      deleteButton(() => discardDraft(draft.key).then(refresh), () => restoreDraft(draft).then(refresh))));
}
