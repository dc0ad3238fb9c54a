// The live day: refreshed when its stream has news, or at intervals if the server has no free stream.
import { htmx } from "./htmx.js";

const POLL_MS = 10_000;
const STREAM_AGAIN_MS = 60_000;
const pane = () => document.querySelector("[data-live]");

let polling = null;

export function followLive() {
  if (!pane()) return;
  listen();
  // The times on the page go on without news: it is refreshed at least every minute.
  setInterval(refresh, 60_000);
}

function listen() {
  const address = pane().dataset.stream;
  if (!address) return poll();
  const stream = new EventSource(address);
  stream.onopen = () => showState("streaming");
  stream.onmessage = ({ data }) => {
    clearInterval(polling);
    polling = null;
    if (data !== pane().dataset.mark) refresh();
  };
  stream.onerror = () => {
    // The browser opens a stream again by itself, unless the server had no free one.
    if (stream.readyState !== EventSource.CLOSED) return;
    poll();
    setTimeout(listen, STREAM_AGAIN_MS);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
}

function poll() {
  showState("polling");
  polling ??= setInterval(refresh, POLL_MS);
}

async function refresh() {
  const { live, mark } = pane().dataset;
  const headers = { "If-None-Match": `"${mark}"`, "HX-Request": "true", "X-Milkround-Background": "1" };
  try {
    const answer = await fetch(live, { headers, cache: "no-store" });
    if (answer.status === 200) show(await answer.text());
    else if (answer.status !== 304) showState("away");
  } catch {
    showState("away");
  }
}

function show(text) {
  const old = pane();
  const open = [...old.querySelectorAll("details[open][id]")].map((each) => each.id);
  const state = old.querySelector("[data-live-state]")?.textContent ?? "";
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.outerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  pane().querySelector("[data-live-state]").textContent = state;
  if (focused) [...pane().querySelectorAll("a")].find((each) => each.getAttribute("href") === focused)?.focus();
  htmx.process(pane());
  document.dispatchEvent(new Event("milkround:shown"));
}

function showState(state) {
  const line = pane()?.querySelector("[data-live-state]");
  if (line && line.textContent !== line.dataset[state]) line.textContent = line.dataset[state];
}
