// The hint of the home screen: on an iPhone in words, elsewhere as the browser offers it, until it was seen.
import assert from "node:assert/strict";
import test from "node:test";
import { openPhonePage, text } from "../support/page.js";
import { newPhone } from "../support/phone.js";

openPhonePage();
const { installHint, watchInstall } = await import("../../../static/js/phone/install-hint.js");
const { readAll } = await import("../../../static/js/phone/store.js");
const agent = (value) => Object.defineProperty(navigator, "userAgent", { value, configurable: true });

test("an iPhone is told the way, until it is on the home screen or the hint was seen", async () => {
  await newPhone();
  agent("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0");
  assert.equal(installHint({ settings: {} }), null);
  agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1");
  const hint = installHint({ settings: {} });
  assert.match(text(hint), /install_title.*install_apple.*install_seen/);
  hint.querySelector("#install-seen").click();
  while ((await readAll()).settings.installHint !== "seen") await new Promise(setImmediate);
  assert.equal(installHint(await readAll()), null);
  Object.defineProperty(navigator, "standalone", { value: true, configurable: true });
  assert.equal(installHint({ settings: {} }), null);
  delete navigator.standalone;
});

test("a browser that can install the page does so by a button", async () => {
  agent("Mozilla/5.0 (Linux; Android 15) Chrome/130.0");
  watchInstall();
  let asked = 0;
  const offer = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt: async () => (asked += 1) });
  dispatchEvent(offer);
  assert.equal(offer.defaultPrevented, true);
  installHint({ settings: {} }).querySelector("#install").click();
  assert.equal(asked, 1);
});
