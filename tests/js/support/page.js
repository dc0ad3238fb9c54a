// A page for tests: a jsdom window, with its document and its events as globals.
import { JSDOM, VirtualConsole } from "jsdom";
import { phoneTexts } from "./texts.js";

// Globals of Node.js that give way to the window's own.
const REPLACED = ["Event", "CustomEvent", "FormData", "localStorage", "navigator"];
const FUNCTIONS = ["addEventListener", "removeEventListener", "dispatchEvent", "scrollTo"];
const former = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => !REPLACED.includes(name)));

export function openPage(body, { url = "https://bank.example/", referrer = undefined, head = "" } = {}) {
  const html = `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`;
  const { window } = new JSDOM(html, { url, referrer, virtualConsole: new VirtualConsole() });
  for (const name of Object.getOwnPropertyNames(window)) if (!former.has(name) && !name.startsWith("_")) define(name, window[name]);
  for (const name of FUNCTIONS) define(name, window[name].bind(window));
  define("CSS", { escape: (text) => text.replace(/[^\w-]/g, "\\$&") });
  window.HTMLElement.prototype.scrollIntoView = () => {};
  // The type of an XPath result is optional in browsers, and htmx leaves it out.
  const { evaluate } = window.XPathExpression.prototype;
  window.XPathExpression.prototype.evaluate = function evaluateAny(node, type = 0, result = null) {
    return evaluate.call(this, node, type, result);
  };
  return window;
}

const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

// The frame of the phone's page: its bars, its texts, the time zone of the bank.
export function openPhonePage() {
  const head = '<meta name="time-zone" content="Europe/Paris"><meta name="scanner" content="/scanner.js">';
  const bars = '<div data-title></div><div data-sync></div><div data-sun></div><div data-clock></div><main data-page></main><div data-undo></div>';
  const texts = `<script type="application/json" id="texts">${JSON.stringify(phoneTexts())}</script>`;
  return openPage(bars + texts, { url: "https://bank.example/phone/", head });
}

export const $ = (selector) => document.querySelector(selector);
export const $$ = (selector) => [...document.querySelectorAll(selector)];

// Types into a field as a hand does: the value, then the event.
export function type(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export const press = (key, target = document.body, modifiers = {}) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers }));

export const text = (node) => node.textContent.replace(/\s+/g, " ").trim();
