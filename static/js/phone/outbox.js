// The outbox: events of this phone, stored before the screen changes and sent until acknowledged.
import { noticeJump } from "./clock-jump.js";
import { noteTime } from "./clock-measurement.js";
import { byDevice } from "./device-clock.js";
import { takeDrafts } from "./drafts.js";
import { inSequence } from "./replay.js";
import { reading, transaction } from "./store.js";

/**
 * Store an event and resolve once the disk has it. Its sequence is higher than every one this phone
 * has made or received, so the order survives a wrong clock and a second phone.
 * @template {import("./events").EventKind} K
 * @param {number} round
 * @param {K} kind
 * @param {{ pickup?: number | null, payload?: import("./events").Payloads[K] }} [about]
 * @returns {Promise<import("./events").StoredEvent>}
 */
export async function record(round, kind, { pickup = null, payload } = {}) {
  await noticeJump();
  const at = Date.now();
  const event = {
    client_id: newId(),
    kind,
    pickup,
    device_at: new Date(at).toISOString(),
    round,
    status: /** @type {const} */ ("waiting"),
  };
  const stored = await transaction(async (tx) => {
    const meta = tx.objectStore("meta");
    const sequence = ((await meta.get("sequence")) ?? 0) + 1;
    const person = (await meta.get("person"))?.id;
    const { offset: offset_ms, state: offset_state } = await noteTime(meta, at);
    const form = await takeDrafts(tx, event);
    if (form?.refused) await tx.objectStore("events").delete(form.refused.client_id);
    const made = { ...event, form, offset_ms, offset_state, payload: byDevice(payload ?? {}, offset_ms), sequence, person, device: await deviceKeyIn(meta) };
    await meta.put(sequence, "sequence");
    await tx.objectStore("events").add(made);
    return made;
  });
  document.dispatchEvent(new CustomEvent("phone:recorded"));
  return stored;
}

// The phone's own key, made once: it tells the records of one phone from another's.
async function deviceKeyIn(meta) {
  const known = await meta.get("device");
  if (known) return known;
  const made = newId();
  await meta.put(made, "device");
  return made;
}

export const deviceKey = () => transaction((tx) => deviceKeyIn(tx.objectStore("meta")));

export async function waitingEvents() {
  const events = await reading((tx) => tx.objectStore("events").getAll());
  return events.filter((event) => event.status === "waiting").sort(inSequence);
}

// A record is unsent until the bank has acknowledged it, and the photo that it names.
export const isUnsent = ({ photos }) => (event) => event.status !== "sent" || photos.includes(event.payload.photo);

export const unsentRecords = (stored) => stored.events.filter(isUnsent(stored));

// The number of things that would be lost with this phone: unsent records and drafts.
export const remaining = (stored) => unsentRecords(stored).length + stored.drafts.length;

// Only an outcome that names an event takes it out of the outbox.
export const applyOutcomes = (outcomes) =>
  transaction(async (tx) => {
    const events = tx.objectStore("events");
    for (const { client_id, status, code, field, message } of outcomes) {
      const event = client_id && (await events.get(client_id));
      if (!event) continue;
      const refused = status === "refused";
      await events.put({ ...event, form: refused ? event.form : null, fault: null, status: refused ? "refused" : "sent", code, field, message });
    }
  });

// An event on which the server fails stays in the outbox, with the reason.
export const noteFaults = (failures) =>
  transaction(async (tx) => {
    const events = tx.objectStore("events");
    for (const { client_id, message } of failures) {
      const event = client_id && (await events.get(client_id));
      if (event && event.fault !== message) await events.put({ ...event, fault: message });
    }
  });

// Adds the events of a round that the bank has already, from this phone or from another one.
export const mergeFromBank = (round, received) =>
  transaction(async (tx) => {
    const [events, meta] = [tx.objectStore("events"), tx.objectStore("meta")];
    for (const event of received) {
      await events.put({ ...(await events.get(event.client_id)), ...event, round, status: "sent" });
    }
    const highest = Math.max(0, ...received.map((event) => event.sequence));
    if (highest > ((await meta.get("sequence")) ?? 0)) await meta.put(highest, "sequence");
  });

export const requeue = (event) => restore({ ...event, status: "waiting" });

export const restore = (event) => transaction((tx) => tx.objectStore("events").put(event));

export const discard = (event) =>
  transaction((tx) => tx.objectStore("events").delete(event.client_id));

// `randomUUID` is missing on a page without TLS, for example on a test bench.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
