// Swaps by parts, the live day, and small behaviours of the board's pages.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { $, $$, openPage, text, type } from "../support/page.js";

openPage("");
const load = (name) => import(`../../../static/js/board/${name}.js`);
const { chooseAll } = await load("choose-all");
const { countDown } = await load("countdown");
const { htmx } = await load("htmx");
const { followLive } = await load("dispatch");
const { swapParts } = await load("partial-swap");
const { submitOnChange } = await load("submit-on-change");
swapParts();
chooseAll();

const settled = () => new Promise(setImmediate);
const part = (id, stamp, body) => `<div id="${id}" data-part data-stamp="${stamp}">${body}</div>`;
const same = (id, stamp) => `<div id="${id}" data-part data-stamp="${stamp}" data-same></div>`;
const day = (version, ...parts) => `<section id="day-pane" data-version="${version}"><input data-version-field value="${version}">${parts.join("")}</section>`;

function swap(html, { verb = "get", status = 200, isError = false } = {}) {
  const detail = { target: $("#day-pane"), xhr: { status, responseText: html }, shouldSwap: true, isError, requestConfig: { verb } };
  document.body.dispatchEvent(new CustomEvent("htmx:beforeSwap", { detail }));
  return detail.shouldSwap;
}

beforeEach(() => {
  document.body.innerHTML = day(1, part("a", "s1", '<a id="link" href="#">A</a>'), part("b", "s1", "B"));
});

test("a request for the day names the parts on the page with their stamps", () => {
  const detail = { target: $("#day-pane"), elt: document.body, headers: {}, parameters: {} };
  document.body.dispatchEvent(new CustomEvent("htmx:configRequest", { detail }));
  assert.equal(detail.headers["X-Seen-Parts"], "a:s1 b:s1");
});

test("a swap replaces the changed part alone, and the version", () => {
  const [unchanged, changed] = [$("#a"), $("#b")];
  assert.equal(swap(day(2, same("a", "s1"), part("b", "s2", "B2"))), false);
  assert.deepEqual([$("#a") === unchanged, $("#b") === changed, text($("#b"))], [true, false, "B2"]);
  assert.deepEqual([$("#day-pane").dataset.version, $("[data-version-field]").value], ["2", "2"]);
});

test("the focus stays in a part that is replaced", () => {
  $("#link").focus();
  swap(day(2, part("a", "s2", '<a id="link" href="#">A2</a>'), same("b", "s1")));
  assert.deepEqual([document.activeElement.id, text(document.activeElement)], ["link", "A2"]);
});

test("a day with other parts keeps the ones that the server left out", () => {
  const kept = $("#b");
  swap(day(2, part("c", "s1", "C"), same("b", "s1")));
  assert.deepEqual([$$("[data-part]").map((each) => each.id), $("#b") === kept], [["c", "b"], true]);
});

test("an edit and a refresh are announced as such", () => {
  const seen = [];
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => seen.push(detail.edited), { once: true });
  swap(day(2, same("a", "s1"), same("b", "s1")), { verb: "post" });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => seen.push(detail.edited), { once: true });
  swap(day(3, same("a", "s1"), same("b", "s1")));
  assert.deepEqual(seen, [true, false]);
});

test("changed parts, or a whole new day, are handed to htmx and announced once", (context) => {
  const processed = context.mock.method(htmx, "process", () => {});
  let settled = 0;
  const count = () => (settled += 1);
  document.body.addEventListener("htmx:afterSettle", count);
  swap(day(2, same("a", "s1"), part("b", "s2", "B2")));
  swap(day(3, part("c", "s1", "C"), same("b", "s2")));
  document.body.removeEventListener("htmx:afterSettle", count);
  assert.deepEqual([processed.mock.calls.map((call) => call.arguments[0].id), settled], [["b", "day-pane"], 2]);
});

test("an error, an empty answer and a page without a day are left to htmx", () => {
  const before = $("#day-pane").outerHTML;
  assert.equal(swap(day(2), { isError: true, status: 409 }), true);
  assert.equal(swap("", { status: 204 }), true);
  assert.equal(swap("<h1>Sign in</h1>"), true);
  assert.equal($("#day-pane").outerHTML, before);
});

test("a button outside its form goes along with the request, another form's does not", () => {
  document.body.innerHTML = '<form id="one"></form><form id="other"></form><button form="one" name="pin" value="31">Pin</button>';
  const parameters = (elt) => {
    const detail = { elt, headers: {}, parameters: {} };
    document.body.dispatchEvent(new CustomEvent("htmx:configRequest", { detail }));
    return detail.parameters;
  };
  document.body.addEventListener("submit", (event) => event.preventDefault());
  $("button").click();
  assert.deepEqual([parameters($("#one")), parameters($("#other"))], [{ pin: "31" }, {}]);
});

test("one box ticks every box of its name, another one the requests without a flag", () => {
  document.body.innerHTML = `
    <input type="checkbox" data-choose-all="row" id="every"><input type="checkbox" name="row"><input type="checkbox" name="row"><input type="checkbox" name="other">
    <form data-pick-all><input type="checkbox" data-all id="clean"><input type="checkbox" data-clean><input type="checkbox"></form>`;
  const ticked = () => $$("input").map((box) => box.checked);
  $("#every").click();
  assert.deepEqual(ticked(), [true, true, true, false, false, false, false]);
  $("#every").click();
  $("#clean").click();
  assert.deepEqual(ticked(), [false, false, false, false, true, true, false]);
});

test("a day is sent when it is picked, not while it is typed", () => {
  document.body.innerHTML = '<form data-submit-on-change><input name="day" value=""></form>';
  let sent = 0;
  $("form").addEventListener("submit", (event) => {
    sent += 1;
    event.preventDefault();
  });
  for (let swaps = 0; swaps < 2; swaps++) submitOnChange();
  const change = (value, key) => {
    if (key) $("input").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    $("input").value = value;
    $("input").dispatchEvent(new Event("change", { bubbles: true }));
    return sent;
  };
  assert.deepEqual([change("2026-11-24"), change("2026-11-25", "5"), change("2026-11-25", "Enter"), change("")], [1, 1, 2, 2]);
});

test("a countdown is written as the server writes it, and ends in words", (context) => {
  context.mock.timers.enable({ apis: ["Date", "setInterval"], now: Date.parse("2026-11-24T09:00:00Z") });
  document.body.innerHTML = '<b data-until="2026-11-24T10:05:00Z" data-over="too late"></b>';
  countDown();
  const after = (minutes) => {
    context.mock.timers.tick(minutes * 60_000);
    return text($("b"));
  };
  assert.deepEqual([after(0.25), after(5.75), after(58.5), after(1)], ["1 h 05", "59 min", "1 min", "too late"].map((each) => each));
});

test("the live day refreshes on news, polls without a stream, and keeps its folds and its focus", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const asked = [];
  let answer = () => new Response(null, { status: 304 });
  globalThis.fetch = async (address, { headers }) => {
    asked.push(headers["If-None-Match"]);
    return answer();
  };
  globalThis.EventSource = class {
    static CLOSED = 2;
    readyState = 1;
    constructor() {
      streams.push(this);
    }
    close() {}
  };
  const streams = [];
  const pane = (mark, open = "") => `<section data-live="/live" data-stream="/stream" data-mark="${mark}">
    <p data-live-state data-streaming="live" data-polling="every 10 s" data-away="away"></p><details id="fold" ${open}></details><a href="/round/3">A</a></section>`;
  document.body.innerHTML = pane("m1", "open");
  const state = () => text($("[data-live-state]"));
  followLive();
  streams[0].onopen();
  assert.equal(state(), "live");
  streams[0].onmessage({ data: "m1" });
  await settled();
  assert.deepEqual(asked, []);
  answer = () => new Response(pane("m2"));
  let shown = 0;
  document.addEventListener("milkround:shown", () => (shown += 1));
  $("a").focus();
  streams[0].onmessage({ data: "m2" });
  for (let turn = 0; turn < 3; turn++) await settled();
  assert.deepEqual([asked, $("[data-live]").dataset.mark, state(), $("#fold").open], [['"m1"'], "m2", "live", true]);
  assert.deepEqual([document.activeElement, shown], [$("a"), 1]);
  streams[0].readyState = 2;
  streams[0].onerror();
  assert.equal(state(), "every 10 s");
  answer = () => new Response("", { status: 503 });
  context.mock.timers.tick(10_000);
  for (let turn = 0; turn < 3; turn++) await settled();
  assert.deepEqual([asked.length, state()], [2, "away"]);
  context.mock.timers.tick(50_000);
  streams[1].onmessage({ data: "m2" });
  const before = asked.length;
  context.mock.timers.tick(50_000);
  assert.equal(asked.length, before);
});
