// The way of waiting events to the bank: in sequence, round by round, in batches.
import { postJson } from "./api.js";
import { attemptEach } from "./attempt-each.js";
import { applyOutcomes, noteFaults, waitingEvents } from "./outbox.js";

const BATCH = 50;
// Answers that a single event can cause: a fault of the server, a request that it cannot read or that is too large.
const CAUSED_BY_ONE = [400, 413, 422, 500];

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

// A round of another collector takes nothing: its events are shown as not accepted. A batch that
// the bank cannot process is halved, until the one event with the fault waits alone.
async function sendBatch(round, events) {
  try {
    const { outcomes, failures = [] } = await postJson(`/phone/rounds/${round}/events`, events.map(onTheWire));
    await applyOutcomes(outcomes);
    await noteFaults(failures);
  } catch (error) {
    if (error.status === 404) await refuse(events, error);
    else if (!CAUSED_BY_ONE.includes(error.status)) throw error;
    else if (events.length > 1) await attemptEach(halves(events), (half) => sendBatch(round, half));
    else await noteFaults([{ client_id: events[0].client_id, message: error.message }]);
  }
}

const halves = (events) => [events.slice(0, events.length / 2), events.slice(events.length / 2)];

const refuse = (events, { message }) =>
  applyOutcomes(events.map(({ client_id }) => ({ client_id, status: "refused", code: "http_404", message })));

/** @returns {import("./events").PhoneEvent} */
export const onTheWire = ({ client_id, kind, pickup, sequence, device_at, offset_ms = null, device, payload }) =>
  ({ client_id, kind, pickup, sequence, device_at, offset_ms, device, payload });
