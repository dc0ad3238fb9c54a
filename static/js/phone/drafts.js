// Drafts: half-filled forms, stored on the phone until they are recorded or discarded.
import { nowText } from "./device-clock.js";
import { transaction } from "./store.js";

// The forms that a record of a kind comes from, by their address after the stop or the round.
const FORMS = {
  started: ["start"], box_read: ["box"], handed_over: ["hand-over"], closed: ["close"], incident: ["incident"],
  collected: ["record"], not_done: ["not-done", "rebook"], undone: ["reopen"],
};
// Records that settle a visit: no other form of it is needed any more.
const SETTLES = ["collected", "not_done"];

export const draftKey = ({ round, address }) => `${round}/${address}`;

export const putDraft = (draft) =>
  transaction((tx) => tx.objectStore("drafts").put({ ...draft, key: draftKey(draft), at: nowText() }));

export const restoreDraft = (draft) => transaction((tx) => tx.objectStore("drafts").put(draft));

export const discardDraft = (key) => transaction((tx) => tx.objectStore("drafts").delete(key));

/**
 * Takes the drafts that a record settles out of the store, within the record's own transaction.
 * Returns the one that was recorded: a refused record is repaired from it.
 * @param {any} tx
 * @param {{ round: number, kind: string, pickup: number | null }} event
 */
export async function takeDrafts(tx, event) {
  const drafts = tx.objectStore("drafts");
  const about = (await drafts.getAll()).filter(({ round, pickup }) => round === event.round && pickup === event.pickup);
  const recorded = about.filter(({ address }) => FORMS[event.kind]?.includes(address.split("/").at(-1)));
  for (const { key } of SETTLES.includes(event.kind) ? about : recorded) await drafts.delete(key);
  return recorded.sort((one, other) => Date.parse(one.at) - Date.parse(other.at)).at(-1) ?? null;
}
