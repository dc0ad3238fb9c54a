// The run sheet: stored with its round, replaced by each revision, shown without a network.
import assert from "node:assert/strict";
import test from "node:test";
import { Bank } from "../support/bank.js";
import { openPhonePage, $, text } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { sheetPage, storeSheets } = await load("run-sheet");
const { readAll, updateRound } = await load("store");

const draw = async () => {
  $("[data-page]").replaceChildren(...sheetPage(await readAll(), 3));
  return text($("[data-page]"));
};

test("the run sheet is on board, of the newest revision, and outlives the network", async () => {
  const bank = new Bank(round(3, 1, stop(31)));
  await newPhone(bank);
  const publish = async (snapshot) => {
    bank.publish(snapshot);
    await updateRound(3, (was) => ({ ...was, round: 3, shown: snapshot, snapshot }));
  };
  await publish(round(3, 1, stop(31)));
  bank.fail(/sheet/, "drop");
  await storeSheets();
  assert.match(await draw(), /sheet_missing/);
  await storeSheets();
  assert.match(await draw(), /Sheet of revision 1/);
  await publish(round(3, 2, stop(31)));
  await storeSheets();
  await storeSheets();
  assert.equal(bank.count(/sheet/), 3);
  bank.fail(/./, "drop", { times: 9 });
  assert.match(await draw(), /Sheet of revision 2/);
});
