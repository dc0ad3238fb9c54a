// The phone's session: the person it belongs to, and its end after too many wrong PINs.
import { SignedOut, closeSession, fetchJson } from "./api.js";
import { remaining } from "./outbox.js";
import { readAll, setMeta, wipeUnless } from "./store.js";

// Ends the session that wrong PINs have locked; without a network, at the next contact.
// A session that was begun since is another one, and stays open.
export async function closeLockedSession() {
  const { leaving } = await readAll();
  if (!leaving) return;
  try {
    const { session } = await fetchJson("/phone/session");
    if (leaving === true || leaving === session) await closeSession();
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error;
  }
  await setMeta("leaving", false);
}

// A phone changes hands only once nothing is on it alone.
export async function acceptPerson(person) {
  const { person: former } = await readAll();
  if (former && former.id !== person.id && !(await wipeUnless(remaining))) return false;
  await setMeta("person", person);
  return true;
}
