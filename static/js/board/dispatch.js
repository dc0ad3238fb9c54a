// Follows a day: a stream says when there is news; where there is no place for one, it asks again.
import { htmx } from "./htmx.js";

const ASK_EVERY = 10_000;
const STREAM_AGAIN = 60_000;
const pane = () => document.querySelector("[data-live]");

let asking = null;

export function followLive() {
  if (!pane()) return;
  listen();
  // The clock goes on where nothing else does: at least every minute the page is looked at again.
  setInterval(refresh, 60_000);
}

function listen() {
  const address = pane().dataset.stream;
  if (!address) return poll();
  const stream = new EventSource(address);
  stream.onopen = () => say("streaming");
  stream.onmessage = ({ data }) => {
    clearInterval(asking);
    asking = null;
    if (data !== pane().dataset.mark) refresh();
  };
  stream.onerror = () => {
    // The browser opens a stream again by itself, unless the server said that there is no place.
    if (stream.readyState !== EventSource.CLOSED) return;
    poll();
    setTimeout(listen, STREAM_AGAIN);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
}

function poll() {
  say("polling");
  asking ??= setInterval(refresh, ASK_EVERY);
}

async function refresh() {
  const { live, mark } = pane().dataset;
  const headers = { "If-None-Match": `"${mark}"`, "HX-Request": "true" };
  try {
    const answer = await fetch(live, { headers, cache: "no-store" });
    if (answer.status === 200) show(await answer.text());
    else if (answer.status !== 304) say("away");
  } catch {
    say("away");
  }
}

function show(text) {
  const before = pane();
  const open = [...before.querySelectorAll("details[open][id]")].map((each) => each.id);
  const words = before.querySelector("[data-live-state]")?.textContent ?? "";
  const focused = before.contains(document.activeElement) ? document.activeElement.href : null;
  before.outerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  pane().querySelector("[data-live-state]").textContent = words;
  if (focused) [...pane().querySelectorAll("a")].find((each) => each.href === focused)?.focus();
  htmx.process(pane());
  document.dispatchEvent(new Event("milkround:shown"));
}

function say(state) {
  const line = pane()?.querySelector("[data-live-state]");
  if (line && line.textContent !== line.dataset[state]) line.textContent = line.dataset[state];
}
