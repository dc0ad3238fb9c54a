// The measurement of the phone's clock, stored with the phone, and its use for a new record.
import { measuredOffset, offsetAt } from "./device-clock.js";
import { transaction } from "./store.js";

// Returns the offset that applies to a record of this time, and its state.
export async function noteTime(meta, at) {
  const clock = await meta.get("clock");
  const offset = offsetAt(clock, at);
  const state = offset === null ? "unknown" : (clock?.state ?? "measured");
  if (clock) await meta.put({ offset, state, at }, "clock");
  return { offset, state };
}

// Measures the offset by an answer of the bank. Records that waited for it have the same one.
// Writes only a difference: on a full disk the exchange with the bank goes on.
export const noteBankTime = (bankNow, tripMs) =>
  transaction(async (tx) => {
    const [events, meta, at] = [tx.objectStore("events"), tx.objectStore("meta"), Date.now()];
    const former = await meta.get("clock");
    const offset = measuredOffset(former?.offset, { bank: Date.parse(bankNow), phone: at, tripMs });
    const state = "measured";
    if (offset !== former?.offset || state !== (former.state ?? state)) await meta.put({ offset, state, at }, "clock");
    for (const event of await events.getAll()) {
      const isOpen = event.offset_ms == null || event.offset_state === "unsure";
      if (event.status === "waiting" && isOpen) await events.put({ ...event, offset_ms: offset, offset_state: state });
    }
  });
