// What was said on this phone: kept on disk before the screen changes, sent until acknowledged.
import { looking, writing } from "./store.js";
import { inOrder } from "./replay.js";

// Keeps an event and resolves once the disk has it. The sequence is above every one this phone
// has said or seen, so that the order of saying survives a wrong clock and a second phone.
export async function say(round, kind, { pickup = null, payload = {} } = {}) {
  const event = {
    client_id: newId(),
    kind,
    pickup,
    device_at: new Date().toISOString(),
    payload,
    round,
    status: "waiting",
  };
  await writing(async (tx) => {
    const meta = tx.objectStore("meta");
    event.sequence = ((await meta.get("sequence")) ?? 0) + 1;
    event.person = (await meta.get("person"))?.id;
    event.device = await deviceIn(meta);
    await meta.put(event.sequence, "sequence");
    await tx.objectStore("events").add(event);
  });
  document.dispatchEvent(new CustomEvent("phone:said"));
  return event;
}

// This phone's own name for itself, made once: it tells one phone's records from another's.
async function deviceIn(meta) {
  const known = await meta.get("device");
  if (known) return known;
  const made = newId();
  await meta.put(made, "device");
  return made;
}

export const device = () => writing((tx) => deviceIn(tx.objectStore("meta")));

export async function waiting() {
  const events = await looking((tx) => tx.objectStore("events").getAll());
  return events.filter((event) => event.status === "waiting").sort(inOrder);
}

// Only an answer that names an event takes it out of the outbox.
export const settle = (outcomes) =>
  writing(async (tx) => {
    const events = tx.objectStore("events");
    for (const { client_id, status, code, message } of outcomes) {
      const event = client_id && (await events.get(client_id));
      if (!event) continue;
      const refused = status === "refused";
      await events.put({ ...event, status: refused ? "refused" : "sent", code, message });
    }
  });

// Takes in what the bank already has of a round, said by this phone before or by another one.
export const learn = (round, said) =>
  writing(async (tx) => {
    const [events, meta] = [tx.objectStore("events"), tx.objectStore("meta")];
    for (const event of said) {
      await events.put({ ...(await events.get(event.client_id)), ...event, round, status: "sent" });
    }
    const seen = Math.max(0, ...said.map((event) => event.sequence));
    if (seen > ((await meta.get("sequence")) ?? 0)) await meta.put(seen, "sequence");
  });

export const sendAgain = (event) =>
  writing((tx) => tx.objectStore("events").put({ ...event, status: "waiting" }));

export const discard = (event) =>
  writing((tx) => tx.objectStore("events").delete(event.client_id));

// `randomUUID` is missing where the page does not come over TLS, as on a test bench.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
