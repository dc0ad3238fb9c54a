// Drafts: a half-filled form survives every loss of its page, until it is recorded or discarded.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { Bank } from "../support/bank.js";
import { $, $$, openPhonePage, text, type } from "../support/page.js";
import { newPhone } from "../support/phone.js";
import { round, stop } from "../support/rounds.js";

const window = openPhonePage();
window.scrollTo = () => {};
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { record, applyOutcomes, remaining } = await load("outbox");
const { chooseRound } = await load("round-choice");
const { pageAt } = await load("router");
const { repair } = await load("repair");
const store = await load("store");
const { state } = await load("sync");
const { formValues } = await load("form-values");

const visit = stop(31, { purposes: ["collection", "blood_sample"], window: { opens: "2026-11-24T09:00:00Z", closes: "2026-11-24T10:00:00Z" } });
const snapshot = { ...round(3, 1, visit, stop(32)), metres: 42_000, freezer_warmest_celsius: -18 };
const terms = { proofs: { collection: { photo: "optional" } }, freezers: [{ site: 1, name: "Bank", kind: "home" }, { site: 2, name: "Other", kind: "bank" }] };

beforeEach(async () => {
  await newPhone(new Bank(snapshot));
  Object.assign(state, { signedOut: false, stranger: false });
  await store.setMeta("terms", terms);
  await store.updateRound(3, () => ({ round: 3, shown: snapshot, snapshot }));
  await record(3, "started", { payload: { boxes: [{ box: "C1", celsius: -20 }] } });
});

// Draws the page at an address anew, as after a reload, a kill or the lock.
async function open(address) {
  const stored = await store.readAll();
  const [place, id, form] = address.split("/");
  const { model, others } = chooseRound(stored, { place, id });
  $("[data-page]").replaceChildren(...[pageAt({ place, id, form }, stored, model, others, () => {})].flat(9).filter(Boolean));
  return $("form.record");
}
const press = (words) => $$("button").find((each) => text(each).includes(words)).click();
const fill = (name, value, nth = 0) => type($$(`form [name="${name}"]`)[nth], value);
const drafts = async () => (await store.readAll()).drafts;
const submit = () => $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));

test("a record of a visit comes back with every field, its tubes and its photo", async () => {
  await open("stop/31/record");
  $("input[value=wrong]").click();
  $("input[value=done]").click();
  press("tube_add");
  press("tube_add");
  fill("tube", "T1");
  fill("tube", "T2", 1);
  fill("drawn", "08:15");
  fill("freezer", "17");
  fill("volume", "half");
  fill("labels", "A1\nA2");
  fill("refused-thawed", "2");
  fill("note", "Dog");
  fill("photo-name", "picture");
  const filled = formValues($("form"));
  const form = await open("stop/31/record");
  assert.deepEqual(formValues(form), filled);
  assert.equal($("input[value=wrong]").checked, true);
  assert.deepEqual($$("[name=tube]").map((each) => each.value), ["T1", "T2"]);
  assert.equal($("[name=volume]").value, "half");
  assert.equal($("[name=refused-thawed]").closest("details").open, true);
  assert.match(text(form), /draft_kept/);
});

for (const [address, fillIn] of [
  ["stop/31/not-done", () => $("input[value=access]").click()], ["stop/31/rebook", () => fill("note", "Ring")],
  ["hand-over", () => fill("receiver", "Bruno")], ["incident", () => $("input[value=road]").click()],
  ["close", () => fill("kilometres", "84")], ["box", () => fill("box-celsius", "19")],
]) {
  test(`the form at #/${address} survives a reload`, async () => {
    await open(address);
    fillIn();
    const filled = formValues($("form"));
    assert.deepEqual(formValues(await open(address)), filled);
    assert.deepEqual((await drafts()).map((draft) => draft.address), [address]);
  });
}

test("a stepper's button is a change like any other", async () => {
  await open("stop/31/record");
  $(".stepper button:last-child").click();
  await open("stop/31/record");
  assert.equal($("[name=bottles]").value, "3");
});

test("a count that was confirmed and a volume that was measured come back as such", async () => {
  const declared = { ...snapshot, stops: [{ ...visit, volume_ml: 500 }] };
  await store.updateRound(3, () => ({ round: 3, shown: declared, snapshot: declared }));
  const states = () => ["count-confirmed", "volume", "volume-measured"].map((name) => $(`[name=${name}]`).value);
  await open("stop/31/record");
  fill("note", "Dog");
  await open("stop/31/record");
  assert.deepEqual(states(), ["", "500", ""]);
  $("#counted").click();
  await open("stop/31/record");
  assert.deepEqual(states(), ["1", "500", ""]);
  fill("volume", "480");
  await open("stop/31/record");
  assert.deepEqual(states(), ["1", "480", "1"]);
});

test("two boxes come back at the start of a round", async () => {
  await store.transaction((tx) => tx.objectStore("events").clear());
  await open("start");
  press("box_add");
  fill("box-code", "C1");
  fill("box-code", "C2", 1);
  $$("input[value=above]")[1].click();
  const filled = formValues($("form"));
  assert.deepEqual(formValues(await open("start")), filled);
});

test("a form of one stop leaves the form of another alone, and a new revision changes nothing", async () => {
  await open("stop/31/record");
  fill("note", "Dog");
  await open("stop/32/record");
  assert.equal($("[name=note]").value, "");
  const second = { ...snapshot, revision: 2 };
  await store.updateRound(3, () => ({ round: 3, shown: second, snapshot: second }));
  await open("stop/31/record");
  assert.equal($("[name=note]").value, "Dog");
});

test("a form without a change is no draft, nor is one that was put back", async () => {
  await open("stop/31/record");
  $("[name=note]").click();
  assert.deepEqual(await drafts(), []);
  fill("note", "Dog");
  fill("note", "");
  assert.deepEqual(await drafts(), []);
});

test("a draft goes with its record, and every form of a visit goes once it is settled", async () => {
  await open("stop/31/record");
  fill("note", "Dog");
  await open("incident");
  fill("note", "Snow");
  await open("stop/31/not-done");
  $("input[value=access]").click();
  submit();
  while ((await store.readAll()).events.length < 2) await new Promise(setImmediate);
  assert.deepEqual((await drafts()).map((draft) => draft.address), ["incident"]);
});

test("a draft is discarded by a button only, which can be undone", async () => {
  await open("stop/31/record");
  fill("note", "Dog");
  await open("stop/31/record");
  $("#discard-draft").click();
  while ((await drafts()).length) await new Promise(setImmediate);
  while (!$("#undo")) await new Promise(setImmediate);
  $("#undo").click();
  while (!(await drafts()).length) await new Promise(setImmediate);
  await open("stop/31/record");
  assert.equal($("[name=note]").value, "Dog");
});

test("a draft counts as something that is on this phone only", async () => {
  const before = remaining(await store.readAll());
  await open("stop/31/record");
  fill("note", "Dog");
  assert.equal(remaining(await store.readAll()), before + 1);
});

async function refuse(refusal) {
  const { events } = await store.readAll();
  const { client_id } = events.find((each) => each.kind === "collected");
  await applyOutcomes([{ client_id, status: "refused", ...refusal }]);
  return (await store.readAll()).events.find((each) => each.client_id === client_id);
}

async function recordVisit() {
  await open("stop/31/record");
  $("#counted").click();
  $("input[value=right]").click();
  $$("input[value=not]")[0].click();
  fill("freezer", "20");
  fill("volume", "500");
  fill("labels", "A1");
  fill("note", "Dog");
  submit();
  while (!(await store.readAll()).events.some((each) => each.kind === "collected")) await new Promise(setImmediate);
}

test("a refused record opens its form with everything in it and the reason at its field", async () => {
  await recordVisit();
  const refused = await refuse({ code: "container_taken", field: null, message: "Bottle A1 already belongs to another visit." });
  await repair(refused);
  assert.equal(location.hash, "#/stop/31/record");
  await open("stop/31/record");
  assert.deepEqual(["labels", "note", "volume", "freezer"].map((name) => $(`[name=${name}]`).value), ["A1", "Dog", "500", "20"]);
  assert.match(text($("form")), /draft_refused/);
  const labels = $("[name=labels]");
  assert.deepEqual([labels.getAttribute("aria-invalid"), labels.closest("details").open], ["true", true]);
  assert.match(text(labels.closest(".field")), /already belongs to another visit/);
});

test("a repaired record takes the place of the refused one, and the rest of the visit stays", async () => {
  await record(3, "arrived", { pickup: 31 });
  await recordVisit();
  const refused = await refuse({ code: "figure_out_of_range", field: "volume_ml", message: "Too much." });
  await repair(refused);
  await open("stop/31/record");
  assert.equal($("[name=volume]").getAttribute("aria-invalid"), "true");
  fill("volume", "400");
  submit();
  while ((await store.readAll()).events.some((each) => each.client_id === refused.client_id)) await new Promise(setImmediate);
  const { events } = await store.readAll();
  const visit = events.filter((each) => each.pickup === 31);
  assert.deepEqual(visit.map((each) => each.kind).sort(), ["arrived", "collected"]);
  assert.deepEqual(visit.map((each) => each.payload.volume_ml).filter(Boolean), [400]);
  assert.deepEqual(await drafts(), []);
});

test("a correction that is left keeps the refused record", async () => {
  await recordVisit();
  const refused = await refuse({ code: "container_taken", message: "Taken." });
  await repair(refused);
  await open("stop/31/record");
  press("draft_leave");
  while ((await drafts()).length) await new Promise(setImmediate);
  assert.ok((await store.readAll()).events.some((each) => each.client_id === refused.client_id && each.status === "refused"));
});

test("a form that another phone's record overtook is named on the stop, kept until it is deleted, and open after *Reopen*", async () => {
  const { putDraft } = await load("drafts");
  const other = await record(3, "not_done", { pickup: 31, payload: { reason: "access" } });
  await putDraft({ round: 3, pickup: 31, address: "stop/31/record", values: [["note", "Dog"]] });
  await open("stop/31/record");
  assert.match(text($("[data-page]")), /draft_late.*reason_access.*reopen/);
  await record(3, "undone", { pickup: 31, payload: { undoes: other.client_id, reason: "mistake" } });
  assert.match(text(await open("stop/31/record")), /draft_kept/);
  await record(3, "not_done", { pickup: 31, payload: { reason: "access" } });
  assert.deepEqual(await drafts(), []);
});

test("the form of a visit settled elsewhere goes by a button that can be undone", async () => {
  const { putDraft } = await load("drafts");
  await record(3, "not_done", { pickup: 31, payload: { reason: "access" } });
  await putDraft({ round: 3, pickup: 31, address: "stop/31/record", values: [["note", "Dog"]] });
  await open("stop/31");
  press("delete_yes");
  while ((await drafts()).length) await new Promise(setImmediate);
  $("#undo").click();
  while (!(await drafts()).length) await new Promise(setImmediate);
});
