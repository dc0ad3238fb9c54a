// Folds of a page that is drawn anew: open ones stay open, and settings in use stay as they are.
import assert from "node:assert/strict";
import test from "node:test";
import { $, openPhonePage } from "../support/page.js";

openPhonePage();
const { keepFolds } = await import("../../../static/js/phone/folds.js");
const { h } = await import("../../../static/js/phone/dom.js");

const page = $("[data-page]");
const fold = (words, attributes = {}) => h("details", attributes, h("summary", {}, words), h("input", { name: "pin" }));

function drawAnew(...folds) {
  const keep = keepFolds(page);
  page.replaceChildren(...folds);
  keep();
}

test("a fold that is open stays open, and another one stays closed", () => {
  page.replaceChildren(fold("Map"), fold("Apps"));
  page.querySelectorAll("details")[1].open = true;
  drawAnew(fold("Map"), fold("Apps"));
  assert.deepEqual([...page.querySelectorAll("details")].map((each) => each.open), [false, true]);
});

test("settings in use stay the same, with what was typed and shown, until their own state changes", () => {
  page.replaceChildren(fold("Settings", { id: "settings", "data-keep": "1" }));
  $("#settings").open = true;
  $("input").value = "12";
  $("#settings").append("https://bank.example/secret");
  drawAnew(fold("Settings", { id: "settings", "data-keep": "1" }));
  assert.deepEqual([$("#settings").open, $("input").value], [true, "12"]);
  assert.match(page.textContent, /secret/);
  drawAnew(fold("Settings", { id: "settings", "data-keep": "2" }));
  assert.deepEqual([$("#settings").open, $("input").value], [true, ""]);
});
