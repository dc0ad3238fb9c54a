// The place of the phone: sent only if the collector agreed, and only during a round.
import assert from "node:assert/strict";
import test from "node:test";
import { Bank } from "../support/bank.js";
import { openPhonePage } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
let asked = 0;
const geolocation = {
  getCurrentPosition: (found) => {
    asked += 1;
    found({ coords: { latitude: 44.8123456, longitude: -0.6 } });
  },
};
Object.defineProperty(navigator, "geolocation", { value: geolocation });
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { sendPlace, withdrawPlace } = await load("shared-place");
const { changeSettings } = await load("store");

test("a place is sent after an agreement, during a round, and withdrawn at once", async () => {
  await newPhone(new Bank(round(3, 1, stop(31))));
  const sent = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (path, options) => {
    if (!String(path).endsWith("/place")) return fetch(path, options);
    sent.push([options.method, path, options.body && JSON.parse(options.body)]);
    return Response.json({});
  };
  const road = [{ round: 3, state: "started" }];
  await sendPlace(road);
  assert.equal(asked, 0);
  await changeSettings({ sharesPlace: true });
  await sendPlace([{ round: 3, state: "published" }]);
  assert.equal(asked, 0);
  await sendPlace(road);
  await sendPlace(road);
  assert.deepEqual(sent, [["POST", "/phone/rounds/3/place", { latitude: 44.81235, longitude: -0.6 }]]);
  await withdrawPlace();
  assert.deepEqual(sent[1].slice(0, 2), ["DELETE", "/phone/rounds/3/place"]);
  await withdrawPlace();
  assert.equal(sent.length, 2);
});
