// Copies of forms. Without a network the form is sent once it is back; a form that was sent and did
// not arrive is filled in again when its page is opened. A copy is deleted after a day.
const NAME = "milkround-kept-form";
const DAY_MS = 24 * 3600 * 1000;
// A network that has just come back often loses the first request.
const SETTLED_MS = 1000;
const NOT_STORED = new Set(["csrf_token"]);

function readCopy() {
  const copy = JSON.parse(localStorage.getItem(NAME) ?? "null");
  return copy && Date.now() - copy.at < DAY_MS ? copy : null;
}

const deleteCopy = () => localStorage.removeItem(NAME);

function storeCopy(form) {
  const fields = [...new FormData(form)].filter(([name]) => !NOT_STORED.has(name));
  const copy = { path: location.pathname, at: Date.now(), fields };
  localStorage.setItem(NAME, JSON.stringify(copy));
}

function fillIn(form, fields) {
  const values = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : grouped(fields);
  for (const input of form.querySelectorAll("[name]")) {
    if (NOT_STORED.has(input.name) || input.type === "submit") continue;
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

function showNote(form, note) {
  for (const words of form.querySelectorAll("[data-kept]")) words.hidden = words.dataset.kept !== note;
}

// A form has arrived if its page led to another one, or to itself with errors. A page that was
// opened in any other way is no evidence.
function arrived({ path }) {
  if (document.querySelector("[data-wrong]")) return true;
  const before = document.referrer && new URL(document.referrer).pathname;
  return before === path && location.pathname !== path;
}

export function keepForm() {
  const form = document.querySelector("form[data-keep]");
  const copy = readCopy();
  if (copy && arrived(copy)) deleteCopy();
  if (!form) return;
  if (copy?.path === location.pathname && !document.querySelector("[data-wrong]")) {
    fillIn(form, copy.fields);
    showNote(form, "again");
  }
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) holdBack(form, event);
    storeCopy(form);
  });
}

let waiting = null;

// Stops the submit and repeats it, once, when the network is back.
function holdBack(form, event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  showNote(form, "offline");
  form.querySelector('[data-kept="offline"]').scrollIntoView({ block: "center" });
  if (waiting) removeEventListener("online", waiting);
  const button = event.submitter;
  waiting = () => setTimeout(() => form.requestSubmit(button), SETTLED_MS);
  addEventListener("online", waiting, { once: true });
}
