// Comforts of the donor's pages: copies of forms, steppers, lines for time windows, one submit.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { $, $$, openPage, text } from "../support/page.js";

const load = (name) => import(`../../../static/js/donor/${name}.js?${Math.random()}`);
const FORM = `
  <form method="post" data-keep data-once>
    <p data-kept="again" hidden>filled in again</p><p data-kept="offline" hidden>no network</p>
    <input type="hidden" name="csrf_token" value="secret">
    <input name="bottles" value=""><select name="day"><option></option><option>2026-11-24</option></select>
    <input name="note" value=""><input name="note" value="">
    <input type="checkbox" name="purpose" value="milk" checked><input type="checkbox" name="purpose" value="blood">
    <button name="go" value="1">Send</button>
  </form>`;
const URL = "https://bank.example/donor/visits/new";
let copies;
let sent;

// Opens a page of the donor; the copies of forms outlive it, and sent forms are collected in `sent`.
async function open({ body = FORM, url = URL, referrer, online = true } = {}) {
  const window = openPage(body, { url, referrer });
  Object.defineProperty(window.navigator, "onLine", { value: online, configurable: true });
  for (const [name, value] of Object.entries(copies)) localStorage.setItem(name, value);
  const { keepForm } = await load("keep-form");
  const { sendOnce } = await load("send-once");
  keepForm();
  sendOnce();
  addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent.push([...new FormData(event.target)].map(([name, value]) => `${name}=${value}`));
    event.preventDefault();
  });
  return window;
}
const leave = () => (copies = { ...localStorage });
const submit = () => $("form").requestSubmit($("form button"));
const note = () => $$("[data-kept]").filter((each) => !each.hidden).map(text);
const fill = () => {
  $("[name=bottles]").value = "4";
  $("[name=day]").value = "2026-11-24";
  $$("[name=note]").forEach((input, index) => (input.value = `note ${index}`));
  $$("[name=purpose]").forEach((box) => (box.checked = !box.checked));
};
const filled = () => [$("[name=bottles]").value, $("[name=day]").value, ...$$("[name=note]").map((each) => each.value), ...$$("[name=purpose]").map((each) => each.checked)];

beforeEach(() => {
  copies = {};
  sent = [];
});

test("with a network a form is sent, and its copy has no token", async () => {
  await open();
  fill();
  submit();
  assert.equal(sent.length, 1);
  assert.ok(!JSON.stringify({ ...localStorage }).includes("secret"));
});

test("without a network a form waits and is sent once when it is back, however often it was pressed", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const window = await open({ online: false });
  fill();
  for (let press = 0; press < 3; press++) submit();
  assert.deepEqual([sent, note()], [[], ["no network"]]);
  let asked = 0;
  const { requestSubmit } = window.HTMLFormElement.prototype;
  context.mock.method(window.HTMLFormElement.prototype, "requestSubmit", function count(button) {
    asked += 1;
    return requestSubmit.call(this, button);
  });
  Object.defineProperty(window.navigator, "onLine", { value: true, configurable: true });
  window.dispatchEvent(new Event("online"));
  context.mock.timers.tick(1000);
  assert.deepEqual([asked, sent.length], [1, 1]);
});

test("a form that was sent and did not arrive is filled in again on its page", async () => {
  await open();
  fill();
  submit();
  leave();
  await open({ referrer: "https://bank.example/donor/" });
  assert.deepEqual([filled(), note()], [["4", "2026-11-24", "note 0", "note 1", false, true], ["filled in again"]]);
  assert.equal($("[name=csrf_token]").value, "secret");
});

test("a form is filled in again on its own page only", async () => {
  await open();
  fill();
  submit();
  leave();
  await open({ url: "https://bank.example/donor/enquiry/" });
  assert.deepEqual([$("[name=bottles]").value, note()], ["", []]);
});

test("a form that led to another page has arrived, and its copy goes", async () => {
  await open();
  submit();
  leave();
  await open({ body: "<h1>Thank you</h1>", url: "https://bank.example/donor/", referrer: URL });
  assert.equal(localStorage.length, 0);
});

test("a form that came back with errors has arrived, and keeps the server's values", async () => {
  await open();
  fill();
  submit();
  leave();
  await open({ body: `<p data-wrong>Wrong</p>${FORM}`, referrer: URL });
  assert.deepEqual([$("[name=bottles]").value, localStorage.length], ["", 0]);
});

test("a copy is forgotten after a day", async (context) => {
  await open();
  fill();
  submit();
  leave();
  context.mock.timers.enable({ apis: ["Date"], now: Date.now() + 24 * 3600_000 });
  await open();
  assert.equal($("[name=bottles]").value, "");
});

test("a full storage does not stop a form, with or without a network", async (context) => {
  const window = await open();
  context.mock.method(window.Storage.prototype, "setItem", () => {
    throw new window.DOMException("full", "QuotaExceededError");
  });
  window.addEventListener("error", (event) => event.preventDefault());
  submit();
  assert.equal(sent.length, 1);
  Object.defineProperty(window.navigator, "onLine", { value: false, configurable: true });
  submit();
  assert.deepEqual([sent.length, note()], [1, ["no network"]]);
});

test("a second tap sends nothing, until the page comes back", async () => {
  const window = await open();
  submit();
  submit();
  assert.equal(sent.length, 1);
  window.dispatchEvent(new Event("pageshow"));
  submit();
  assert.equal(sent.length, 2);
});

test("a stepper goes by its step and stays within its limits", async () => {
  openPage('<label for="ml">Volume</label><div data-stepper="100" data-most="250" data-fewer="Fewer:" data-more="More:"><input id="ml" value=""></div>');
  (await load("stepper")).addSteps();
  const [less, more] = $$("button");
  assert.deepEqual([less.getAttribute("aria-label"), more.getAttribute("aria-label")], ["Fewer: Volume", "More: Volume"]);
  const values = [more, more, more, less, less, less].map((button) => {
    button.click();
    return $("input").value;
  });
  assert.deepEqual(values, ["100", "200", "250", "150", "50", "0"]);
});

const LINE = (n, day) => `
  <div data-window><label for="day-${n}">Day</label><select name="day" id="day-${n}"><option></option><option ${day ? "selected" : ""}>24</option></select>
  <input name="from" id="from-${n}"></div>`;

test("empty lines for windows are hidden but for the first, and shown one by one", async () => {
  openPage(`<fieldset data-windows>${LINE(0, false)}${LINE(1, true)}${LINE(2, false)}<button data-add-window>Add</button></fieldset>`);
  (await load("windows")).addWindows();
  const hidden = () => $$("[data-window]").map((line) => line.hidden);
  assert.deepEqual(hidden(), [false, false, true]);
  $("[data-add-window]").click();
  assert.deepEqual([hidden(), document.activeElement.id], [[false, false, false], "day-2"]);
});

test("a further line is a clean copy with ids of its own, up to ten", async () => {
  openPage(`<fieldset data-windows>${LINE(0, true)}<button data-add-window>Add</button></fieldset>`);
  $("select").setAttribute("aria-invalid", "true");
  $("select").setAttribute("aria-describedby", "wrong-0");
  $("[data-window]").insertAdjacentHTML("beforeend", '<p class="wrong" id="wrong-0">Wrong</p>');
  (await load("windows")).addWindows();
  const add = $("[data-add-window]");
  add.click();
  const copy = $$("[data-window]")[1];
  assert.deepEqual([copy.querySelector("select").id, copy.querySelector("label").htmlFor, copy.querySelector("select").value], ["day-1", "day-1", ""]);
  assert.deepEqual([copy.querySelector(".wrong"), copy.querySelector("[aria-invalid]")], [null, null]);
  while (!add.hidden) add.click();
  assert.equal($$("[data-window]").length, 10);
  assert.equal(new Set($$("[id]").map((each) => each.id)).size, $$("[id]").length);
});
