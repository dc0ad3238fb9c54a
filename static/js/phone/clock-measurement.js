// The measurement of the phone's clock, stored with the phone, and its use for a new record.
import { measuredOffset, offsetAt } from "./device-clock.js";
import { transaction } from "./store.js";

// Returns the offset that applies to a record of this time.
export async function noteTime(meta, at) {
  const clock = await meta.get("clock");
  const offset = offsetAt(clock, at);
  if (clock) await meta.put({ offset, at }, "clock");
  return offset;
}

// Measures the offset by an answer of the bank. Records that waited for it have the same one.
// Writes only a difference: on a full disk the exchange with the bank goes on.
export const noteBankTime = (bankNow, tripMs) =>
  transaction(async (tx) => {
    const [events, meta, at] = [tx.objectStore("events"), tx.objectStore("meta"), Date.now()];
    const former = (await meta.get("clock"))?.offset;
    const offset = measuredOffset(former, { bank: Date.parse(bankNow), phone: at, tripMs });
    if (offset !== former) await meta.put({ offset, at }, "clock");
    for (const event of await events.getAll()) {
      if (event.status === "waiting" && event.offset_ms == null) await events.put({ ...event, offset_ms: offset });
    }
  });
