// The day on the board: selection, filter, highlighting, keys, the lasso, moves and their queue.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { openDay } from "../support/day.js";
import { $, $$, press, type } from "../support/page.js";

openDay();
const load = (name) => import(`../../../static/js/board/${name}.js`);
const { htmx } = await load("htmx");
const { queueUndo } = await load("edit-queue");
const { applyFilter, filterVisits } = await load("filter");
const { highlightVisits } = await load("highlight");
const { useKeyboard } = await load("keyboard");
const { inside, useLasso } = await load("lasso");
const { hidePrice, placePriceAt, proposeMove } = await load("moves");
const { pauseRefresh } = await load("pause-refresh");
const selection = await load("selection");
const { elementsOf, resetIndex } = await load("visit-index");
for (const bind of [queueUndo, filterVisits, highlightVisits, useKeyboard, useLasso, pauseRefresh, selection.selectVisits]) bind();

const pane = $("#day-pane").outerHTML;
let prices;
let moves;
let verdict;

beforeEach(() => {
  $("#day-pane").outerHTML = pane;
  resetIndex();
  selection.clearSelection();
  type($("[data-filter]"), "");
  [prices, moves, verdict] = [[], [], "fits"];
  globalThis.fetch = async (address) => {
    prices.push(Object.fromEntries(new URL(address, location.href).searchParams));
    return new Response(`<p data-verdict="${verdict}">+ 4 min</p>`);
  };
  htmx.ajax = async (verb, address, { values } = {}) => {
    moves.push([verb, address, values]);
  };
});

const settled = () => new Promise((resolve) => setTimeout(resolve));
const stop = (pickup) => $(`#stop-${pickup}`);
const click = (node, modifiers = {}) => node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...modifiers }));
const selected = () => selection.selectedVisits().sort();
const faded = () => $$(".stop.faded").map((each) => each.dataset.pickup);
const made = () => moves.filter(([verb]) => verb === "post").map(([, , { pickup, place, version }]) => [pickup, place, version]);

test("a selected visit is marked in the list and on the map, and counted", () => {
  click(stop(11).querySelector(".pick"));
  assert.deepEqual([selected(), elementsOf("11").map((each) => each.classList.contains("chosen"))], [["11"], [true, true, true]]);
  assert.equal($("[data-chosen-count]").textContent, "1 chosen");
  click(stop(21).querySelector(".pick"));
  assert.equal($("[data-chosen-count]").textContent, "2 chosen");
  click($("[data-choose-none]"));
  assert.deepEqual([selected(), $("[data-chosen-count]").textContent, $$(".chosen")], [[], "", []]);
});

test("Shift selects the range from the last visit, either way, and leaves out fixed stops", () => {
  click(stop(21).querySelector(".pick"));
  click(stop(11), { shiftKey: true });
  assert.deepEqual(selected(), ["11", "12", "21"]);
  selection.clearSelection();
  click(stop(31), { ctrlKey: true });
  click(stop(41), { shiftKey: true });
  assert.deepEqual(selected(), ["31", "41"]);
  click(stop(31), { metaKey: true });
  assert.deepEqual(selected(), ["41"]);
});

test("the selection outlives a swap, without the visits that have left the day", () => {
  selection.select(["11", "21"], true);
  $("#day-pane").outerHTML = pane;
  stop(21).remove();
  resetIndex();
  selection.restoreSelection();
  assert.deepEqual([selected(), stop(11).querySelector(".pick").checked], [["11"], true]);
});

test("x selects one visit, X every movable one of its round, and a second X none", async () => {
  for (const [key, visits] of [["x", ["11"]], ["X", ["11", "12"]], ["X", []]]) {
    press(key, stop(11));
    await settled();
    assert.deepEqual(selected(), visits);
  }
});

test("the filter fades visits that lack one of its words, whatever their accents and case", () => {
  type($("[data-filter]"), "MARTIN elise");
  assert.deepEqual(faded(), ["12", "13", "21", "31", "41"]);
  type($("[data-filter]"), "martin");
  assert.deepEqual(faded(), ["12", "13", "21", "31"]);
  assert.equal($(".map-disc[data-pickup='21']").classList.contains("faded"), true);
  type($("[data-filter]"), "  ");
  assert.deepEqual(faded(), []);
});

test("the filter reads the donor's file behind a stop, such as her telephone", () => {
  $("#stop-12").dataset.find = "33639980036 0639980036 12 rue des lilas";
  type($("[data-filter]"), "06 39 98 00 36");
  assert.deepEqual(faded(), ["11", "13", "21", "31", "41"]);
  type($("[data-filter]"), "");
});

test("the filter outlives a swap, and Escape clears it", () => {
  type($("[data-filter]"), "petit");
  $("#day-pane").outerHTML = pane;
  resetIndex();
  applyFilter();
  assert.deepEqual([faded(), $("[data-filter]").value], [["11", "13", "21", "31", "41"], "petit"]);
  press("Escape", $("[data-filter]"));
  assert.deepEqual([faded(), $("[data-filter]").value], [[], ""]);
});

test("a visit under the pointer is highlighted wherever it is shown, and no other one", () => {
  const highlighted = () => $$(".lit").map((each) => each.dataset.pickup);
  stop(11).dispatchEvent(new Event("pointerover", { bubbles: true }));
  assert.deepEqual(highlighted(), ["11", "11", "11"]);
  stop(21).querySelector("a").focus();
  assert.deepEqual(highlighted(), ["21", "21"]);
  document.body.dispatchEvent(new Event("pointerover", { bubbles: true }));
  assert.deepEqual(highlighted(), []);
});

test("the arrows move a stop within its round and to the rounds beside it", async () => {
  for (const [key, pickup] of [["ArrowDown", 11], ["ArrowUp", 12], ["ArrowRight", 11], ["ArrowLeft", 21], ["ArrowRight", 41]]) {
    press(key, stop(pickup));
    await settled();
  }
  assert.deepEqual(made(), [[["11"], "1:1", "7"], [["12"], "1:0", "7"], [["11"], "2", "7"], [["21"], "1", "7"], [["41"], "1", "7"]]);
});

test("the arrows do not move past the ends, into a closed round, or a fixed stop", async () => {
  for (const [key, pickup] of [["ArrowUp", 11], ["ArrowLeft", 11], ["ArrowRight", 21], ["ArrowDown", 21], ["ArrowUp", 13], ["ArrowLeft", 13], ["ArrowUp", 41]]) {
    press(key, stop(pickup));
    await settled();
  }
  assert.deepEqual([prices, moves], [[], []]);
});

test("a key that is pressed again while its move is on the way is dropped", async () => {
  press("ArrowDown", stop(11));
  press("ArrowDown", stop(11));
  await settled();
  assert.equal(made().length, 1);
});

test("the arrows take the whole selection along if the stop is part of it", async () => {
  selection.select(["11", "12"], true);
  press("ArrowRight", stop(11));
  await settled();
  press("ArrowLeft", stop(21));
  await settled();
  assert.deepEqual(made().map(([pickups]) => pickups), [["11", "12"], ["21"]]);
});

test("keys work with capitals on, but not in a field and not with a modifier", async () => {
  const pressed = [];
  $("[data-optimise]").addEventListener("click", () => pressed.push("o"));
  stop(11).querySelector("[data-pin]").addEventListener("click", () => pressed.push("l"));
  for (const [key, target, modifiers] of [["O"], ["L", stop(11)], ["o", $("[data-filter]")], ["o", document.body, { ctrlKey: true }], ["l"]]) {
    press(key, target, modifiers);
    await settled();
  }
  assert.deepEqual(pressed, ["o", "l"]);
});

test("z and Shift-Z press the buttons that take back and repeat, unless they are disabled", async () => {
  const pressed = [];
  for (const name of ["undo", "redo"]) $(`[data-${name}]`).addEventListener("click", () => pressed.push(name));
  const answered = async () => {
    await settled();
    htmx.trigger(document.body, "htmx:afterRequest", { requestConfig: { verb: "post" } });
    await settled();
  };
  press("z");
  await answered();
  press("Z");
  await answered();
  $("[data-undo]").disabled = true;
  press("z");
  await settled();
  assert.deepEqual(pressed, ["undo", "redo"]);
});

test("an undo waits for the move before it, and the next move waits for the undo", async () => {
  const steps = [];
  htmx.ajax = async (verb, address, { values }) => {
    steps.push(`move ${values.pickup}`);
    await settled();
    steps.push(`moved ${values.pickup}`);
  };
  $("[data-undo]").addEventListener("click", () => steps.push("undo"));
  proposeMove(["11"], "2");
  click($("[data-undo]"));
  proposeMove(["12"], "2");
  await settled();
  await settled();
  await settled();
  assert.deepEqual(steps, ["move 11", "moved 11", "undo"]);
  htmx.trigger(document.body, "htmx:afterRequest", { requestConfig: { verb: "get" } });
  await settled();
  assert.equal(steps.length, 3);
  htmx.trigger(document.body, "htmx:afterRequest", { requestConfig: { verb: "post" } });
  await settled();
  await settled();
  assert.deepEqual(steps.slice(3), ["move 12", "moved 12"]);
});

test("a move that fits is made, one that needs a reason opens its dialog, a refused one does nothing", async () => {
  const outcome = async (given) => {
    [verdict, moves] = [given, []];
    let back = 0;
    await proposeMove(["11", "12"], "2:0", { putBack: () => (back += 1) });
    return [moves.map(([verb]) => verb), back];
  };
  document.body.insertAdjacentHTML("beforeend", '<dialog data-move-dialog open><div data-sheet></div></dialog>');
  assert.deepEqual(await outcome("fits"), [["post"], 1]);
  assert.deepEqual(await outcome("careful"), [["post"], 1]);
  assert.deepEqual(await outcome("needs_reason"), [["get"], 1]);
  assert.match(moves[0][1], /moves\?pickup=11&pickup=12&place=2%3A0$/);
  assert.equal($("[data-price-bar]").hidden, true);
  assert.deepEqual(await outcome("impossible"), [[], 1]);
  assert.equal($("[data-price-bar]").textContent, "+ 4 min");
  $("[data-move-dialog]").remove();
});

test("the price of a move is shown, or the note of a colleague's edit in its place", async () => {
  const bar = $("[data-price-bar]");
  await proposeMove(["11"], "2");
  assert.deepEqual([bar.textContent, bar.hidden], ["+ 4 min", false]);
  $("#day-pane").insertAdjacentHTML("beforeend", "<p data-said><b>Adèle was first</b></p>");
  await proposeMove(["11"], "2");
  assert.deepEqual([bar.textContent, $("#day-pane [data-said]").textContent], ["Adèle was first", "Adèle was first"]);
});

test("during a drag the price is beside the pointer and inside the window", () => {
  const bar = $("[data-price-bar]");
  for (const [name, size] of [["offsetWidth", 100], ["offsetHeight", 40]]) Object.defineProperty(bar, name, { value: size, configurable: true });
  const placed = (x, y) => {
    placePriceAt(x, y);
    return bar.style.translate ?? bar.style.getPropertyValue("translate");
  };
  const [right, bottom] = [innerWidth - 100 - 8, innerHeight - 40 - 8];
  assert.deepEqual([placed(50, 60), placed(innerWidth, innerHeight), placed(-90, -90)], ["68px 78px", `${right}px ${bottom}px`, "8px 8px"]);
  hidePrice();
  assert.deepEqual([bar.hidden, bar.classList.contains("hanging"), bar.style.translate], [true, false, ""]);
});

test("without a network the stop goes back, the bar shows it, and the next move is made", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  let back = 0;
  await proposeMove(["11"], "2", { putBack: () => (back += 1) });
  assert.deepEqual([back, $("[data-price-bar]").textContent], [1, "No network"]);
  globalThis.fetch = fetch;
  await proposeMove(["11"], "2");
  assert.equal(made().length, 1);
});

test("a refresh is held back during a drag, with an open dialog and while a field is used", () => {
  const refreshes = (id = "part-poll") => {
    const event = new CustomEvent("htmx:beforeRequest", { bubbles: true, cancelable: true, detail: { elt: { id } } });
    return document.body.dispatchEvent(event);
  };
  assert.equal(refreshes(), true);
  document.body.setAttribute("data-dragging", "");
  assert.deepEqual([refreshes(), refreshes("another")], [false, true]);
  document.body.removeAttribute("data-dragging");
  $("[data-help-dialog]").setAttribute("open", "");
  assert.equal(refreshes(), false);
  $("[data-help-dialog]").removeAttribute("open");
  $("[data-filter]").focus();
  assert.equal(refreshes(), false);
  stop(11).querySelector(".pick").focus();
  assert.equal(refreshes(), true);
});

test("a point is inside a line that surrounds it, also beside a notch", () => {
  const notched = [[0, 0], [10, 0], [10, 10], [5, 4], [0, 10]];
  assert.deepEqual([[5, 2], [1, 8], [5, 8], [11, 5], [-1, 5], [5, 11]].map((point) => inside(point, notched)), [true, true, false, false, false, false]);
});

test("the lasso selects the discs inside its line, and ends when the pointer is lost", () => {
  const map = $(".map");
  const frames = { 11: { left: 40, top: 40 }, 21: { left: 200, top: 40 } };
  for (const disc of $$(".map-disc")) disc.getBoundingClientRect = () => ({ ...frames[disc.dataset.pickup], width: 20, height: 20 });
  map.getBoundingClientRect = () => ({ left: 0, top: 0 });
  map.setPointerCapture = () => {};
  map.insertAdjacentHTML("beforeend", "<button data-lasso aria-pressed=false>Lasso</button>");
  const pointer = (kind, x = 0, y = 0) => map.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, clientX: x, clientY: y, button: 0 }));
  const draw = (end) => {
    click($("[data-lasso]"));
    pointer("pointerdown");
    for (const [x, y] of [[0, 0], [100, 0], [100, 100], [0, 100]]) pointer("pointermove", x, y);
    pointer(end);
  };
  draw("pointerup");
  assert.deepEqual([selected(), $(".lasso-line"), $("[data-lasso]").getAttribute("aria-pressed")], [["11"], null, "false"]);
  selection.clearSelection();
  draw("pointercancel");
  assert.deepEqual([selected(), $(".lasso-line"), $("[data-lasso]").getAttribute("aria-pressed")], [[], null, "false"]);
});
