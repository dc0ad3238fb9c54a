// The repair of a refused record: its form with everything in it, and the reason at its field.
import { putDraft } from "./drafts.js";
import { openRound } from "./round-choice.js";

const ADDRESSES = {
  started: "start", box_read: "box", handed_over: "hand-over", incident: "incident", closed: "close",
  collected: "record", not_done: "not-done",
};

// Returns the address of the form of a record, or null for a record without one.
function addressOf({ kind, pickup, form }) {
  if (form) return form.address;
  const place = ADDRESSES[kind];
  return place && pickup !== null ? `stop/${pickup}/${place}` : place ?? null;
}

export const isRepairable = (event) => addressOf(event) !== null;

// The draft names the record that it replaces; the record goes once the new one is stored.
export async function repair(event) {
  const { round, pickup, client_id, code, field, message } = event;
  const address = addressOf(event);
  await putDraft({ round, pickup, address, values: event.form?.values ?? [], refused: { client_id, code, field, message } });
  openRound(round);
  location.hash = `#/${address}`;
}
