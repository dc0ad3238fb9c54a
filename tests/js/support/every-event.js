// One event of every kind, as the phone's own forms make it and as it is sent to the bank.
import { openPhonePage, $, type } from "./page.js";
import { newPhone } from "./phone.js";
import { round, stop } from "./rounds.js";

const load = (name) => import(`../../../static/js/phone/${name}.js`);

const visited = stop(31, { purposes: ["collection", "blood_sample", "pump_return"] });
const left = stop(32, { empties_wanted: 3 });
const snapshot = round(3, 1, visited, left);
const about = { limit: -18, terms: { proofs: {} }, boxes: ["C1"], round: 3 };

export async function everyEvent() {
  openPhonePage();
  await newPhone();
  const { roundActions } = await load("actions");
  const { updateRound, readAll } = await load("store");
  const { roundModel } = await load("round-model");
  await updateRound(3, () => ({ round: 3, shown: snapshot, snapshot }));
  const model = async () => roundModel(snapshot, (await readAll()).events);
  const actions = roundActions({ ...(await model()), fresh: round(3, 2, visited, left) }, () => {});

  await actions.acknowledge();
  await beforeTheRound(actions);
  await actions.setOff((await model()).stops[0]);
  await actions.showAddress(left);
  await actions.arrive(visited);
  await atTheDoor(actions);
  await actions.postpone(left);
  await otherForms(actions);
  await actions.divert({ site: 2 }, "2 h left", null);
  await handOver(actions, await model());
  await endOfTheDay(actions, await model());
  await actions.reopen({ ...left, state: (await model()).stops[1].state }, "came_back");
  const { onTheWire } = await load("send-events");
  return (await readAll()).events.sort((one, other) => one.sequence - other.sequence).map(onTheWire);
}

async function beforeTheRound({ begin, readBoxes }) {
  const { boxReadingForm, startForm } = await load("box-form");
  await submit((done) => startForm([left], -18, done), begin, { "box-code": "C1", "box-celsius": "20,5" }, () => $("input[name=load]").click());
  await submit((done) => boxReadingForm(["C1"], -18, done), readBoxes, { "box-celsius": "19" });
}

async function atTheDoor({ collect }) {
  const { stopForm } = await load("stop-form");
  const figures = { freezer: "20", bottles: "2", volume: "450", labels: "A1", empties: "4", note: "Dog", "refused-thawed": "1", pump: "P4" };
  await submit((done) => stopForm(visited, null, about, done), (payload) => collect(visited, payload), figures, () => {
    $("input[value=right]").click();
    for (const answer of document.querySelectorAll("input[value=done]")) answer.click();
    for (const button of document.querySelectorAll(".check button")) if (/tube_add/.test(button.textContent)) button.click();
  });
}

async function otherForms({ markNotDone, report }) {
  const { notDoneForm } = await load("reason-form");
  const { incidentForm } = await load("incident-form");
  await submit((done) => incidentForm(null, done), report, { note: "Snow" }, () => $("input[value=road]").click());
  await submit(notDoneForm, (payload) => markNotDone(left, payload), { note: "" }, () => $("input[value=access]").click());
}

async function handOver({ handOver: tell }, model) {
  const { handOverForm } = await load("hand-over-form");
  await submit((done) => handOverForm(model, { freezers: [] }, done), tell, { box: "19", receiver: "Bruno" }, () => {
    for (const box of document.querySelectorAll("input[type=checkbox]")) box.click();
  });
}

async function endOfTheDay({ close }, model) {
  const { closeForm } = await load("close-form");
  const stored = { events: [], photos: [], drafts: [], terms: { freezers: [{ site: 1, kind: "home" }] } };
  await submit((done) => closeForm(model, stored, done), close, { kilometres: "84", stock: "3" });
}

// Fills in a form and sends it; resolves with the action that its payload started.
async function submit(make, action, figures, answer = () => {}) {
  let started = null;
  $("[data-page]").replaceChildren(make((payload) => (started = action(payload))));
  answer();
  for (const [name, value] of Object.entries(figures)) type($(`form [name="${name}"]`), value);
  $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  if (!started) throw new Error(`not sent: ${[...document.querySelectorAll(".wrong")].map((each) => each.textContent)}`);
  await started;
}
