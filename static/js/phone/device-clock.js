// The phone's clock against the bank's: corrected instants, and the offset that an exchange measures.
// Pages and forms reckon by the bank's clock; records keep the phone's own time and its offset.
const WRONG_MS = 2 * 60_000;
const JITTER_MS = 1000;

let offset = 0;

// Takes over the stored measurement: every page shows the bank's time from now on.
export const useClock = (clock) => {
  offset = clock?.offset ?? 0;
};

export const now = () => Date.now() + offset;

export const nowText = () => new Date(now()).toISOString();

// Milliseconds by which this phone's clock is fast, or negative if it is slow; null if it is right.
export const clockError = () => (Math.abs(offset) > WRONG_MS ? -offset : null);

// The instant of an event by the bank's clock, whether the bank has judged it or not.
export const happenedAt = (event) => event.happened_at ?? moved(event.device_at, event.offset_ms);

// The payload of a stored event by the bank's clock.
export const payloadOf = (event) => (event.happened_at ? event.payload : withInstants(event.payload, event.offset_ms));

// The payload of a form by the phone's clock, as it is stored and sent.
export const byDevice = (payload, offsetMs) => withInstants(payload, -(offsetMs ?? 0));

/**
 * The offset after an exchange. The true one lies within half of the trip; a former offset, or none
 * at all, stays if it lies there as well.
 * @param {number | null | undefined} former
 * @param {{ bank: number, phone: number, tripMs: number }} times
 */
export function measuredOffset(former, { bank, phone, tripMs }) {
  const found = Math.round(bank + tripMs / 2 - phone);
  const isWithin = (each) => Math.abs(found - each) <= tripMs / 2 + JITTER_MS;
  return [0, former ?? 0].find(isWithin) ?? found;
}

// A clock that goes backwards was set: its offset is unknown until the next exchange.
export const offsetAt = (clock, at) => (clock && at >= clock.at ? clock.offset : null);

const moved = (iso, ms) => (ms ? new Date(Date.parse(iso) + ms).toISOString() : iso);

const withInstants = (payload, ms) =>
  ms && payload.tubes ? { ...payload, tubes: payload.tubes.map((tube) => ({ ...tube, drawn_at: moved(tube.drawn_at, ms) })) } : payload;
