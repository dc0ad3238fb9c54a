// The actions behind the buttons: stored before shown, undone, held back by a full disk.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, $$, openPhonePage, text } from "../support/page.js";
import { fillDisk, newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { roundActions } = await load("actions");
const { applyOutcomes, record } = await load("outbox");
const { putPhoto } = await load("photos");
const { refusedEvents } = await load("refused-events");
const { chooseRound } = await load("round-choice");
const { signOutSection } = await load("sign-out");
const store = await load("store");
const { moveOn, offerUndo, withdrawUndo } = await load("undo-bar");

let bank;
let shown;

beforeEach(async () => {
  bank = new Bank(round(3, 1, stop(31)));
  await newPhone(bank);
  location.hash = "";
  $("[data-page]").replaceChildren();
  $("[data-undo]").replaceChildren();
  shown = 0;
  for (const snapshot of [round(3, 1, stop(31))]) await store.updateRound(3, () => ({ round: 3, shown: snapshot, snapshot }));
});

const stored = () => store.readAll();
const events = async () => (await stored()).events.sort((one, other) => one.sequence - other.sequence);
const current = async () => chooseRound(await stored(), {}).model;
const act = async () => roundActions(await current(), () => (shown += 1));
// Waits until a click has had its effect on the disk.
async function until(condition) {
  while (!(await condition())) await new Promise(setImmediate);
}

test("a record is on the disk before the page goes back to the round", async () => {
  location.hash = "#/stop/31/record";
  await (await act()).collect(stop(31), { bottles: 2, containers: [] });
  assert.deepEqual([(await events()).map((event) => [event.kind, event.pickup, event.status]), location.hash], [[["collected", 31, "waiting"]], "#/"]);
  assert.equal((await current()).open, 0);
});

test("a record on a full disk leaves the page as it is, with a warning", async () => {
  location.hash = "#/stop/31/record";
  const actions = await act();
  const emptyDisk = fillDisk();
  await actions.collect(stop(31), { bottles: 2, containers: [] });
  emptyDisk();
  assert.deepEqual([await events(), location.hash, shown], [[], "#/stop/31/record", 0]);
  assert.match(text($("[data-page]")), /not_kept.*QuotaExceededError/);
  assert.equal($("#undo"), null);
});

test("who arrives has the record of the visit as the next page", async () => {
  await (await act()).arrive(stop(31));
  assert.deepEqual([(await events()).map(({ kind, pickup }) => [kind, pickup]), location.hash], [[["arrived", 31]], "#/stop/31/record"]);
});

test("a record that is undone before it was sent counts no longer", async () => {
  await (await act()).collect(stop(31), { bottles: 2, containers: [] });
  $("#undo").click();
  await until(async () => (await events()).length === 2);
  const [collected, undone] = await events();
  assert.deepEqual([undone.kind, undone.pickup, undone.payload], ["undone", 31, { undoes: collected.client_id, reason: "mistake" }]);
  const model = await current();
  assert.deepEqual([model.open, model.box, model.started], [1, [], false]);
  assert.equal($("#undo"), null);
});

test("the undo is offered for ten seconds", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await (await act()).postpone(stop(31));
  context.mock.timers.tick(9_999);
  assert.ok($("#undo"));
  context.mock.timers.tick(1);
  assert.equal($("#undo"), null);
});

test("the undo of a newer record replaces the former one, and its ten seconds", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const actions = await act();
  await actions.postpone(stop(31));
  context.mock.timers.tick(6_000);
  await actions.report({ kind: "road", note: "" });
  context.mock.timers.tick(6_000);
  assert.match(text($("[data-undo]")), /said_incident/);
});

test("a refused event is not offered for undo any longer, another one still is", async () => {
  await (await act()).postpone(stop(31));
  const [event] = await events();
  withdrawUndo([{ client_id: "other", status: "refused" }, { ...event, status: "sent" }]);
  assert.ok($("#undo"));
  withdrawUndo([{ ...event, status: "refused" }]);
  assert.equal($("#undo"), null);
});

test("several readings are recorded one by one and undone together", async () => {
  await (await act()).readBoxes([{ box: "C1", celsius: -20 }, { box: "C2", celsius: -19 }]);
  assert.deepEqual((await events()).map((event) => event.payload.box), ["C1", "C2"]);
  $("#undo").click();
  await until(async () => (await events()).length === 4);
  const [one, other, ...undone] = await events();
  assert.deepEqual(undone.map((event) => event.payload.undoes), [one.client_id, other.client_id]);
});

test("setting off is recorded once, from a stop that waits", async () => {
  const { stops: [waiting] } = await current();
  await (await act()).setOff(waiting);
  const { stops: [enRoute] } = await current();
  await (await act()).setOff(enRoute);
  assert.deepEqual((await events()).map((event) => event.kind), ["en_route"]);
});

test("reopening takes the deciding record back with its reason", async () => {
  await (await act()).markNotDone(stop(31), { reason: "access", note: "", rebook: false });
  const { stops: [settled] } = await current();
  await (await act()).reopen(settled, "came_back");
  const undone = (await events()).at(-1);
  assert.deepEqual([undone.payload.reason, (await current()).open, location.hash], ["came_back", 1, "#/stop/31"]);
});

test("the revision on the page is acknowledged, not a newer one that has arrived since", async () => {
  const [second, third] = [round(3, 2, stop(31), stop(32)), round(3, 3, stop(32))];
  await store.updateRound(3, (was) => ({ ...was, snapshot: second }));
  const actions = await act();
  await store.updateRound(3, (was) => ({ ...was, snapshot: third }));
  await actions.acknowledge();
  const [{ shown: onPage, snapshot }] = (await stored()).rounds;
  assert.deepEqual([(await events())[0].payload, onPage.revision, snapshot.revision], [{ revision: 2 }, 2, 3]);
  assert.deepEqual([(await current()).fresh.revision, shown], [3, 1]);
});

test("a refused event can be sent again, or deleted from its list with an undo", async () => {
  await record(3, "arrived", { pickup: 31 });
  const [{ client_id }] = await events();
  await applyOutcomes([{ client_id, status: "refused", message: "The visit was moved." }]);
  const list = async () => $("[data-page]").replaceChildren(...refusedEvents(await events(), await stored(), () => (shown += 1)).flat());
  const press = (words) => $$("[data-page] button").find((button) => text(button) === words).click();
  await list();
  assert.match(text($("[data-page]")), /Donor 31.*The visit was moved\./);
  press("send_again");
  await until(() => shown === 1);
  assert.deepEqual([(await events())[0].status, bank.taken(3)], ["sent", [client_id]]);
  await applyOutcomes([{ client_id, status: "refused" }]);
  await list();
  press("delete_yes");
  await until(() => shown === 2);
  assert.deepEqual(await events(), []);
  await until(() => $("#undo"));
  $("#undo").click();
  await until(() => shown === 3);
  assert.deepEqual((await events()).map((event) => [event.client_id, event.status]), [[client_id, "refused"]]);
});

test("the round that is not finished is shown, or the chosen one", async () => {
  await store.updateRound(4, () => ({ round: 4, shown: round(4, 1, stop(41)), snapshot: round(4, 1, stop(41)) }));
  await store.updateRound(5, () => ({ round: 5, unloaded: { letter: "B", day: "2026-11-23" } }));
  const shownRound = async (where) => chooseRound(await stored(), where).model.snapshot.round;
  assert.equal(await shownRound({}), 3);
  await (await act()).markNotDone(stop(31), { reason: "access", note: "", rebook: false });
  await (await act()).handOver({ containers: [] });
  assert.equal(await shownRound({}), 4);
  assert.equal(await shownRound({ place: "round", id: "3" }), 3);
  assert.equal(await shownRound({}), 3);
  const { others } = chooseRound(await stored(), { place: "round", id: "9" });
  assert.deepEqual(others.map((node) => node.querySelectorAll("a").length), [0, 2]);
});

test("signing out is refused while a record or its photo is on the phone", async () => {
  $("[data-page]").append(...signOutSection({ person: bank.person }).filter(Boolean));
  await record(3, "collected", { payload: { photo: "picture" } });
  await putPhoto("picture", 3, new ArrayBuffer(8));
  const refused = async () => {
    $("[role=status]").replaceChildren();
    $("#sign-out").click();
    await until(() => text($("[role=status]")));
    return text($("[role=status]"));
  };
  assert.match(await refused(), /sign_out_refused 1/);
  const [{ client_id }] = await events();
  await applyOutcomes([{ client_id, status: "accepted" }]);
  assert.match(await refused(), /sign_out_refused 1/);
  assert.equal(bank.signedIn, true);
});

test("signing out empties the phone, but only once the bank has closed the session", async () => {
  globalThis.caches = { keys: async () => ["milkround-shell-1", "milkround-scanner"], delete: async (name) => deleted.push(name) };
  const deleted = [];
  $("[data-page]").append(...signOutSection({ person: bank.person }).filter(Boolean));
  bank.fail(/sign-out/, "drop");
  $("#sign-out").click();
  await until(() => /sign_out_offline/.test(text($("[role=status]"))));
  assert.deepEqual([(await stored()).rounds.length, deleted], [1, []]);
  $("#sign-out").click();
  await until(() => deleted.length);
  assert.deepEqual([(await stored()).rounds, deleted, bank.signedIn], [[], ["milkround-shell-1"], false]);
});

test("after ten seconds the undo is over, and its words keep their place until the collector moves on", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  offerUndo("Recorded.", { client_id: "one" }, () => {});
  moveOn();
  assert.ok($("#undo"));
  context.mock.timers.tick(10_000);
  assert.deepEqual([$("#undo"), text($("[data-undo]"))], [null, "Recorded."]);
  moveOn();
  assert.equal(text($("[data-undo]")), "");
});

test("a double tap or a double click on one page makes one record", async () => {
  const door = stop(31);
  for (const [kind, press] of [
    ["en_route", (actions) => actions.setOff({ ...door, state: { phase: "waiting" } })],
    ["arrived", (actions) => actions.arrive(door)],
    ["collected", (actions) => actions.collect(door, { bottles: 1, volume_ml: 100 })],
    ["incident", (actions) => actions.report({ kind: "road", note: "" })],
    ["box_read", (actions) => actions.readBoxes([{ box: "C1", celsius: -20 }, { box: "C2", celsius: -20 }])],
  ]) {
    const actions = await act();
    await Promise.all([press(actions), press(actions)]);
    await press(actions);
    const made = (await events()).filter((event) => event.kind === kind);
    assert.equal(made.length, kind === "box_read" ? 2 : 1, kind);
  }
});

test("a record that the disk refused can be made by the next tap", async () => {
  const actions = await act();
  const emptyDisk = fillDisk();
  await actions.arrive(stop(31));
  emptyDisk();
  await actions.arrive(stop(31));
  assert.deepEqual((await events()).map((event) => event.kind), ["arrived"]);
});
