// The phone's session: the person it belongs to, and its end after too many wrong PINs.
import { SignedOut, closeSession } from "./api.js";
import { remaining } from "./outbox.js";
import { readAll, setMeta, wipeAll } from "./store.js";

// Ends the session that wrong PINs have locked; without a network, at the next contact.
export async function closeLockedSession() {
  if (!(await readAll()).leaving) return;
  await closeSession().catch((error) => {
    if (!(error instanceof SignedOut)) throw error;
  });
  await setMeta("leaving", false);
}

// A phone changes hands only once its outbox is empty.
export async function acceptPerson(person) {
  const stored = await readAll();
  if (stored.person && stored.person.id !== person.id) {
    if (remaining(stored)) return false;
    await wipeAll();
  }
  await setMeta("person", person);
  return true;
}
