// Signing out: refused while a record is unsent; afterwards the phone is empty.
import { SignedOut, closeSession } from "./api.js";
import { button, h, message } from "./dom.js";
import { remaining, unsentRecords } from "./outbox.js";
import { readAll, wipeUnless } from "./store.js";
import { counted, t } from "./texts.js";

/** @param {import("./round").Stored} stored */
export function signOutSection({ person }) {
  const note = h("div", { role: "status" });
  const show = (kind, words) => note.replaceChildren(message(kind, h("p", {}, words)));
  return [
    note,
    person && h("p", { class: "soft" }, t("signed_in_as", { name: person.name })),
    button(t("sign_out"), () => signOut(show), { class: "full danger", id: "sign-out" }),
  ];
}

async function signOut(show) {
  const stored = await readAll();
  const unsent = unsentRecords(stored).length;
  if (unsent) return show("danger", t("sign_out_refused", { n: unsent }));
  if (remaining(stored)) return show("danger", counted("sign_out_drafts", stored.drafts.length));
  try {
    await closeSession();
  } catch (error) {
    // A session that is over already needs no closing.
    if (!(error instanceof SignedOut)) return show("warn", error.status ? `${t("server_failed")} ${error.message}` : t("sign_out_offline"));
  }
  // A record that was made meanwhile in another tab stays, for the next sign-in.
  if (!(await wipeUnless(remaining))) return show("danger", t("sign_out_refused", { n: remaining(await readAll()) }));
  for (const name of await caches.keys()) if (/^milkround-(shell|streets)/.test(name)) await caches.delete(name);
  location.assign("/phone/sign-in?next=/phone/");
}
