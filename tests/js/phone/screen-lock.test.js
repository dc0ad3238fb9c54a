// The lock of the screen: asked at the opening and after five minutes, shut after five wrong PINs.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, openPhonePage, text } from "../support/page.js";
import { newPhone, openTab } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
const modules = ["outbox", "pin-hash", "screen-lock", "store"];
let bank;
let tab;
let lock;
const sealed = await (await openTab("pin-hash"))["pin-hash"].hashPin("2468");

beforeEach(async () => {
  bank = new Bank(round(3, 1, stop(31)));
  await newPhone(bank);
  tab = await openTab(...modules);
  lock = tab["screen-lock"];
  await tab.store.setMeta("person", bank.person);
  await tab.store.changeSettings({ pin: sealed });
});

const stored = () => tab.store.readAll();

async function enter(pin) {
  $("[data-page]").replaceChildren(...lock.lockPage(await stored(), () => {}));
  const shown = new Promise((resolve) => new MutationObserver(resolve).observe($("[role=status]"), { childList: true }));
  $("input[name=pin]").value = pin;
  $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  return shown;
}

test("a hash tells its PIN from another, and two hashes of one PIN differ", async () => {
  const { hashPin, pinMatches } = tab["pin-hash"];
  assert.notEqual((await hashPin("2468")).hash, sealed.hash);
  assert.deepEqual([await pinMatches(sealed, "2468"), await pinMatches(sealed, "2469")], [true, false]);
});

test("the page opens locked if there is a PIN and a person, else open", async () => {
  assert.equal(lock.isLocked(await stored()), true);
  const [fresh, empty] = [await openTab("screen-lock"), await openTab("screen-lock")];
  assert.equal(fresh["screen-lock"].isLocked({ settings: {}, person: bank.person }), false);
  assert.equal(empty["screen-lock"].isLocked({ ...(await stored()), person: undefined }), false);
});

test("five minutes out of sight lock it again, four do not", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 0 });
  const shown = context.mock.fn();
  lock.watchLock(shown);
  lock.unlock();
  const away = (minutes) => {
    for (const hidden of [true, false]) {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      if (hidden) context.mock.timers.setTime(Date.now() + minutes * 60_000);
    }
  };
  context.mock.timers.setTime(1_000_000);
  away(4);
  assert.deepEqual([lock.isLocked(await stored()), shown.mock.callCount()], [false, 0]);
  away(5.1);
  assert.deepEqual([lock.isLocked(await stored()), shown.mock.callCount()], [true, 1]);
});

test("the right PIN opens it and forgets the wrong ones", async () => {
  lock.isLocked(await stored());
  await tab.store.changeSettings({ tries: 3 });
  const opened = new Promise((resolve) => {
    stored().then((found) => $("[data-page]").replaceChildren(...lock.lockPage(found, resolve))).then(() => {
      $("input[name=pin]").value = "2468";
      $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
  });
  await opened;
  const found = await stored();
  assert.deepEqual([lock.isLocked(found), found.settings.tries], [false, 0]);
});

test("the fourth wrong PIN leaves one try, also over a reload", async () => {
  for (let tries = 0; tries < 4; tries++) {
    lock = (await openTab("screen-lock"))["screen-lock"];
    lock.isLocked(await stored());
    await enter("0000");
  }
  assert.match(text($("[role=status]")), /lock_wrong 1/);
  assert.deepEqual([lock.isLocked(await stored()), (await stored()).rounds.length, bank.signedIn], [true, 0, true]);
});

test("the fifth wrong PIN takes the rounds away, keeps unsent records and ends the session", async () => {
  await tab.store.updateRound(3, () => ({ round: 3, snapshot: round(3, 1, stop(31)) }));
  await tab.outbox.record(3, "arrived", { pickup: 31 });
  await tab.store.changeSettings({ tries: 4 });
  enter("0000");
  while (bank.signedIn) await new Promise(setImmediate);
  while ((await stored()).leaving) await new Promise(setImmediate);
  const found = await stored();
  assert.deepEqual([found.rounds, found.events.length, found.revoked, found.settings.pin], [[], 1, "pin", null]);
});

async function lockedOut() {
  await tab.store.updateRound(3, () => ({ round: 3, snapshot: round(3, 1, stop(31)) }));
  await tab.store.setMeta("session", bank.session);
  await tab.store.changeSettings({ tries: 4 });
  const drawn = new Promise((resolve) => {
    stored().then((found) => $("[data-page]").replaceChildren(...lock.lockPage(found, resolve))).then(() => {
      $("input[name=pin]").value = "0000";
      $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
  });
  await drawn;
}

test("without a network the fifth wrong PIN leads to a page of the app", async () => {
  bank.fail(/./, "drop", { times: Infinity });
  const before = location.href;
  await lockedOut();
  const found = await stored();
  assert.deepEqual([found.rounds, found.revoked, found.leaving, lock.isLocked(found)], [[], "pin", 1, false]);
  assert.equal(location.href, before);
});

test("a session that was begun after the lock is not closed, the locked one is", async () => {
  const { sync } = await openTab("sync");
  bank.fail(/sign-out|session/, "drop", { times: 1 });
  await lockedOut();
  bank.session = 2;
  while (bank.count(/GET \/phone\/session/) < 1) await new Promise(setImmediate);
  await sync.sync();
  const found = await stored();
  assert.deepEqual([bank.signedIn, found.leaving, found.revoked, sync.state.signedOut], [true, false, false, false]);
});

test("a list that was on its way at the lock brings no round back", async () => {
  const { sync } = await openTab("sync");
  const { fetch } = bank;
  globalThis.fetch = async (path, options) => {
    const answer = await fetch(path, options);
    if (path === "/phone/rounds") {
      await tab.store.setMeta("leaving", 1);
      await (await openTab("retention")).retention.wipeRounds("pin");
    }
    return answer;
  };
  await sync.sync();
  const found = await stored();
  assert.deepEqual([found.rounds, found.revoked], [[], "pin"]);
});

test("a double tap is one try", async () => {
  await tab.store.changeSettings({ tries: 0 });
  $("[data-page]").replaceChildren(...lock.lockPage(await stored(), () => {}));
  const shown = new Promise((resolve) => new MutationObserver(resolve).observe($("[role=status]"), { childList: true }));
  $("input[name=pin]").value = "0000";
  for (let tap = 0; tap < 2; tap++) $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await shown;
  assert.equal((await stored()).settings.tries, 1);
});
