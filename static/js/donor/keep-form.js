// Without a network a form is kept on this phone and sent when the network is back. What was sent
// and reached nobody is filled in again when its page is opened. Kept for a day, then forgotten.
const NAME = "milkround-kept-form";
const DAY = 24 * 3600 * 1000;
// A network that has just come back seldom carries the first request.
const SETTLED = 1000;
const OWN = new Set(["csrf_token"]);

function read() {
  const kept = JSON.parse(localStorage.getItem(NAME) ?? "null");
  return kept && Date.now() - kept.at < DAY ? kept : null;
}

const forget = () => localStorage.removeItem(NAME);

function keep(form) {
  const fields = [...new FormData(form)].filter(([name]) => !OWN.has(name));
  const kept = { path: location.pathname, at: Date.now(), fields };
  localStorage.setItem(NAME, JSON.stringify(kept));
}

function fillIn(form, fields) {
  const values = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : grouped(fields);
  for (const input of form.querySelectorAll("[name]")) {
    if (OWN.has(input.name) || input.type === "submit") continue;
    const given = values.get(input.name) ?? [];
    if (input.type === "checkbox" || input.type === "radio") {
      input.checked = given.some(([, value]) => value === input.value);
    } else if (given.length > 0) {
      input.value = given.shift()[1];
    }
  }
}

function grouped(fields) {
  const found = new Map();
  for (const field of fields) found.set(field[0], [...(found.get(field[0]) ?? []), field]);
  return found;
}

function say(form, what) {
  for (const words of form.querySelectorAll("[data-kept]")) words.hidden = words.dataset.kept !== what;
}

// Its page led to another one, or to itself with what is wrong: it has arrived. A page that was
// opened in any other way says nothing of it.
function arrived({ path }) {
  if (document.querySelector("[data-wrong]")) return true;
  const before = document.referrer && new URL(document.referrer).pathname;
  return before === path && location.pathname !== path;
}

export function keepForm() {
  const form = document.querySelector("form[data-keep]");
  const kept = read();
  if (kept && arrived(kept)) forget();
  if (!form) return;
  if (kept?.path === location.pathname && !document.querySelector("[data-wrong]")) {
    fillIn(form, kept.fields);
    say(form, "again");
  }
  form.addEventListener("submit", (event) => {
    keep(form);
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(form, "offline");
    form.querySelector('[data-kept="offline"]').scrollIntoView({ block: "center" });
    const button = event.submitter;
    const again = () => setTimeout(() => form.requestSubmit(button), SETTLED);
    window.addEventListener("online", again, { once: true });
  });
}
