// Signing out: refused while anything is unsent, and then nothing is left on this phone.
import { SignedOut, leave } from "./api.js";
import { button, h, message } from "./dom.js";
import { everything, wipe } from "./store.js";
import { t } from "./texts.js";

export function signOutPart({ person }) {
  const note = h("div", { role: "status" });
  const tell = (kind, words) => note.replaceChildren(message(kind, h("p", {}, words)));
  return [
    note,
    person && h("p", { class: "soft" }, t("signed_in_as", { name: person.name })),
    button(t("sign_out"), () => signOut(tell), { class: "full danger", id: "sign-out" }),
  ];
}

async function signOut(tell) {
  const { events } = await everything();
  const unsent = events.filter((event) => event.status !== "sent").length;
  if (unsent) return tell("danger", t("sign_out_refused", { n: unsent }));
  try {
    await leave();
  } catch (error) {
    // A session that has ended already needs no leaving.
    if (!(error instanceof SignedOut)) return tell("warn", t("sign_out_offline"));
  }
  await wipe();
  for (const name of await caches.keys()) if (name.startsWith("milkround-shell")) await caches.delete(name);
  location.assign("/sign-in");
}
