// The way of waiting events to the bank: in sequence, round by round, in batches.
import { postJson } from "./api.js";
import { attemptEach } from "./attempt-each.js";
import { applyOutcomes, waitingEvents } from "./outbox.js";

const BATCH = 50;

// Sends the outbox and tells whether there was anything in it.
export async function sendEvents() {
  const events = await waitingEvents();
  const rounds = new Set(events.map((event) => event.round));
  await attemptEach(rounds, (round) => sendRound(round, events.filter((event) => event.round === round)));
  return events.length > 0;
}

async function sendRound(round, events) {
  for (let from = 0; from < events.length; from += BATCH) {
    await sendBatch(round, events.slice(from, from + BATCH));
  }
}

// A round of another collector takes nothing: its events are shown as not accepted.
async function sendBatch(round, events) {
  try {
    await applyOutcomes((await postJson(`/phone/rounds/${round}/events`, events.map(onTheWire))).outcomes);
  } catch (error) {
    if (error.status !== 404) throw error;
    const refusal = { status: "refused", code: "http_404", message: error.message };
    await applyOutcomes(events.map(({ client_id }) => ({ client_id, ...refusal })));
  }
}

/** @returns {import("./events").PhoneEvent} */
export const onTheWire = ({ client_id, kind, pickup, sequence, device_at, offset_ms = null, device, payload }) =>
  ({ client_id, kind, pickup, sequence, device_at, offset_ms, device, payload });
