// Forms of the phone: the payload of each, and the answers that hold it back.
import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { newPhone } from "../support/phone.js";
import { $, openPhonePage, text, type } from "../support/page.js";
import { round, stop } from "../support/rounds.js";

openPhonePage();
const load = (name) => import(`../../../static/js/phone/${name}.js`);
const { boxReadingForm, startForm } = await load("box-form");
const { closeForm } = await load("close-form");
const { handOverForm } = await load("hand-over-form");
const { incidentForm } = await load("incident-form");
const { notDoneForm, reopenForm } = await load("reason-form");
const { photoField } = await load("photo-field");
const { putPhoto } = await load("photos");
const { roundModel } = await load("round-model");
const { readAll } = await load("store");
const { stopForm } = await load("stop-form");

const page = $("[data-page]");
let done;

beforeEach(async () => {
  page.replaceChildren();
  done = [];
  await newPhone();
});

// Opens a form; its payloads are collected in `done`.
function open(make) {
  page.replaceChildren(make((payload) => done.push(payload)));
  return $("form");
}
const find = (name, which = 0) => $("form").querySelectorAll(`[name="${name}"]`)[which];
const fill = (name, value, which) => type(find(name, which), value);
const pick = (value, which = 0) => $("form").querySelectorAll(`input[value="${value}"]`)[which].click();
const submit = () => $("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
const errors = () => [...$("form").querySelectorAll(".wrong")].map(text);

const about = { limit: -18, terms: { proofs: {} }, boxes: [], round: 3 };
const visit = (changes = {}, settings = {}, before = null) => open((tell) => stopForm(stop(31, changes), before, { ...about, ...settings }, tell));

function fillMilk({ bottles = "2", volume = "450", degrees = "20" } = {}) {
  pick("right");
  fill("freezer", degrees);
  fill("bottles", bottles);
  fill("volume", volume);
}

test("the record of a visit has every figure that was filled in", () => {
  visit({}, { boxes: ["C1"] });
  fillMilk();
  fill("labels", "a1 b2");
  fill("empties", "4");
  fill("note", " Dog ");
  fill("refused-thawed", "1");
  submit();
  assert.deepEqual(done, [{
    bottles: 2, volume_ml: 450, volume_declared: false, freezer_celsius: -20, storage_ok: true, containers: ["A1", "B2"], refused: [{ count: 1, reason: "thawed" }],
    box: "C1", seal: "", checks: {}, tubes: [], pump: "", empties_left: 4, photo: null, note: "Dog", for_office: false,
  }]);
});

test("a visit for milk needs the storage, the temperature, the count and the volume of its bottles", () => {
  visit({ volume_ml: 0 });
  submit();
  assert.deepEqual([done, errors()], [[], ["storage_missing", "celsius_missing", "count_missing", "volume_missing"]]);
});

test("a visit for milk that took nothing is not recorded as collected", () => {
  visit();
  fillMilk({ bottles: "0", volume: "" });
  submit();
  assert.deepEqual([done, errors()], [[], ["nothing"]]);
  fill("refused-thawed", "2");
  submit();
  assert.deepEqual([done[0].bottles, done[0].refused], [0, [{ count: 2, reason: "thawed" }]]);
});

test("a volume and its bottles belong together", () => {
  for (const [bottles, volume, error] of [["0", "450", "volume_without_bottles"], ["2", "0", "volume_missing"], ["2", "60001", "volume_missing"], ["2", "4,5", "volume_missing"]]) {
    visit();
    fillMilk({ bottles, volume });
    fill("refused-thawed", "1");
    submit();
    assert.deepEqual([done, errors()], [[], [error]], `${bottles} bottles, ${volume} ml`);
  }
});

test("the donor's count is recorded once it is confirmed, and the donor's volume as declared", () => {
  visit();
  pick("right");
  fill("freezer", "20");
  submit();
  assert.deepEqual([done, errors(), $("#counted").getAttribute("aria-pressed")], [[], ["count_missing"], "false"]);
  $("#counted").click();
  assert.deepEqual([errors(), $("#counted").getAttribute("aria-pressed")], [[], "true"]);
  submit();
  assert.deepEqual([done[0].bottles, done[0].volume_ml, done[0].volume_declared], [2, 500, true]);
});

test("another count leaves the donor's volume out, and a typed volume is measured", () => {
  visit();
  pick("right");
  fill("freezer", "20");
  fill("bottles", "3");
  assert.deepEqual([find("volume").value, $(".tag").hidden], ["", true]);
  submit();
  assert.deepEqual([done, errors()], [[], ["volume_missing"]]);
  fill("bottles", "2");
  assert.deepEqual([find("volume").value, $(".tag").hidden], ["500", false]);
  fill("volume", "450");
  fill("bottles", "3");
  submit();
  assert.deepEqual([done[0].bottles, done[0].volume_ml, done[0].volume_declared], [3, 450, false]);
});

test("a finger that says kept well goes on to the temperature, which is empty", () => {
  visit();
  pick("right");
  assert.notEqual(document.activeElement, find("freezer"));
  visit();
  $("input[value=right]").dispatchEvent(new Event("pointerdown", { bubbles: true }));
  pick("right");
  assert.deepEqual([document.activeElement, find("freezer").value], [find("freezer"), ""]);
});

test("with two boxes the last one is taken, unless another is chosen", () => {
  for (const [choice, box] of [[null, "C2"], ["C1", "C1"]]) {
    visit({}, { boxes: ["C1", "C2"] });
    fillMilk({ volume: "60000" });
    if (choice) pick(choice);
    submit();
    assert.equal(done.at(-1).box, box);
  }
});

test("a visit for blood alone needs tubes and no milk", () => {
  visit({ purposes: ["blood_sample"], bottles: 0 });
  submit();
  assert.deepEqual(errors(), ["check_missing"]);
  pick("done");
  submit();
  assert.deepEqual([done, errors()], [[], ["tube_missing"]]);
  pick("not");
  submit();
  assert.deepEqual([done[0].checks, done[0].tubes, done[0].storage_ok], [{ blood_sample: false }, [], null]);
});

test("a required proof holds a record back, a recommended one only once", () => {
  const seal = (level) => ({ terms: { proofs: { collection: { seal: level } } } });
  visit({}, seal("required"));
  fillMilk();
  for (let attempt = 0; attempt < 3; attempt++) submit();
  assert.equal(done.length, 0);
  fill("seal", "S1");
  submit();
  assert.equal(done[0].seal, "S1");
  visit({}, seal("warn"));
  fillMilk();
  submit();
  assert.equal(done.length, 1);
  assert.match(text($("form .message")), /proof_missing_seal.*proof_go_on/);
  submit();
  assert.equal(done.length, 2);
});

test("a corrected record starts from the former one", () => {
  const before = {
    bottles: 3, volume_ml: 700, volume_declared: true, freezer_celsius: -19.5, storage_ok: false, containers: ["A1"], refused: [{ count: 1, reason: "other" }],
    box: "C2", seal: "", checks: {}, tubes: [], pump: "", empties_left: 5, photo: "picture", note: "Dog", for_office: false,
  };
  visit({}, { boxes: ["C1", "C2"], terms: { proofs: { collection: { photo: "optional" } } } }, before);
  submit();
  assert.deepEqual(done, [before]);
});

test("a photo that could not be read or stored is not named by the record", async (context) => {
  const failures = [[() => { throw new Error("no picture"); }, "photo_failed"], [() => { throw new DOMException("full", "QuotaExceededError"); }, "not_kept"]];
  for (const [createImageBitmap, words] of failures) {
    globalThis.createImageBitmap = createImageBitmap;
    const field = photoField(null, 3);
    Object.defineProperty(field.input, "files", { value: [{}] });
    field.input.dispatchEvent(new Event("change"));
    await new Promise(setImmediate);
    assert.deepEqual([field.value(), text(field.node.querySelector("[role=status]"))], [null, words]);
  }
  const kept = photoField("former", 3);
  Object.defineProperty(kept.input, "files", { value: [{}] });
  kept.input.dispatchEvent(new Event("change"));
  await new Promise(setImmediate);
  assert.equal(kept.value(), "former");
});

test("a photo is made small and stored before the record names it", async (context) => {
  let size;
  globalThis.createImageBitmap = async () => ({ width: 4000, height: 3000 });
  context.mock.method(window.HTMLCanvasElement.prototype, "getContext", () => ({ drawImage: () => {} }));
  context.mock.method(window.HTMLCanvasElement.prototype, "toBlob", function toBlob(done) {
    size = [this.width, this.height];
    done(new Blob([new Uint8Array([1, 2])]));
  });
  const field = photoField(null, 3);
  Object.defineProperty(field.input, "files", { value: [{}] });
  field.input.dispatchEvent(new Event("change"));
  while (field.value() === null) await new Promise(setImmediate);
  assert.deepEqual([size, (await readAll()).photos], [[1280, 960], [field.value()]]);
});

test("a round starts with or without boxes, but with no box half filled in", () => {
  open((tell) => startForm([stop(31)], -18, tell));
  submit();
  assert.deepEqual(done, [{ boxes: [], lacking: [] }]);
  fill("box-code", "c 1");
  submit();
  assert.deepEqual([done.length, errors()], [1, ["box_code_wrong", "celsius_missing"]]);
  fill("box-code", "c-1");
  fill("box-celsius", "20,5");
  submit();
  assert.deepEqual(done[1], { boxes: [{ box: "C-1", celsius: -20.5 }], lacking: [] });
});

test("a round starts once its load is ticked, or with the name of the things left behind", () => {
  open((tell) => startForm([stop(31, { empties_wanted: 4 }), stop(32, { purposes: ["blood_sample"] })], -18, tell));
  assert.match(text($("form")), /empties_many 4.*load_blood_one 1/);
  pick("empties");
  submit();
  assert.equal(done.length, 0);
  assert.match(text($("form .message")), /load_lacking load_blood_one 1.*load_go_on/);
  submit();
  assert.deepEqual(done, [{ boxes: [], lacking: ["blood_sample"] }]);
});

test("a reading on the road needs a box and its temperature", () => {
  open((tell) => boxReadingForm([], -18, tell));
  submit();
  assert.deepEqual([done, errors().length], [[], 2]);
  fill("box-code", "C1");
  fill("box-celsius", "19");
  submit();
  assert.deepEqual(done, [[{ box: "C1", celsius: -19 }]]);
});

function handOver({ box = "C1", freezers = [] } = {}) {
  const collected = { client_id: "a", kind: "collected", pickup: 31, sequence: 1, device_at: "2026-11-24T09:00:00Z", status: "sent", payload: { bottles: 2, containers: [], box } };
  const model = roundModel(round(3, 1, stop(31)), [collected]);
  open((tell) => handOverForm(model, { freezers, box_warmest_celsius: -18 }, tell));
  return model.box[0].numbers;
}

test("a hand-over names the containers that are out, and counts the missing ones", () => {
  const [first] = handOver();
  pick(first);
  $("form").dispatchEvent(new Event("change"));
  assert.match(text($("form .count .missing")), /missing 1/);
  fill("box", "19");
  fill("receiver", "Bruno");
  submit();
  assert.deepEqual(done, [{ site: 1, containers: [first], receiver: "Bruno", note: "", box_celsius: -19, boxes: [{ box: "C1", celsius: -19 }] }]);
});

test("a hand-over takes all at once, or each bottle that is scanned", async (context) => {
  handOver();
  $("#take-all").click();
  assert.equal($("form .count .missing"), null);
  context.mock.timers.enable({ apis: ["setInterval"] });
  const codes = [];
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => ({ getTracks: () => [{ stop: () => {} }] }) }, configurable: true });
  window.HTMLMediaElement.prototype.play = async () => {};
  globalThis.BarcodeDetector = class {
    detect = async () => codes.splice(0).map((rawValue) => ({ rawValue }));
  };
  const [first] = handOver();
  [...$("form").querySelectorAll("button")].find((each) => text(each) === "scan").click();
  await new Promise(setImmediate);
  for (const [code, said, missing] of [["X9", /scan_not_aboard X9/, "missing 2"], [first, /scan_found/, "missing 1"]]) {
    codes.push(code);
    context.mock.timers.tick(250);
    await new Promise(setImmediate);
    assert.match(text($("form")), said);
    assert.equal(text($("form .count .missing")), missing);
  }
  delete navigator.mediaDevices;
});

test("a hand-over needs a temperature and a receiver", () => {
  handOver();
  submit();
  assert.deepEqual([done, errors()], [[], ["celsius_missing", "receiver_missing"]]);
});

test("a hand-over at another freezer names it, and a box without a code is not named", () => {
  const numbers = handOver({ box: "", freezers: [{ site: 1, name: "Bank" }, { site: 2, name: "Hospital" }] });
  for (const number of numbers) pick(number);
  pick("2");
  fill("box", "19");
  fill("receiver", "Bruno");
  submit();
  assert.deepEqual([done[0].site, done[0].containers, done[0].boxes], [2, numbers, []]);
});

test("the end of the day needs whole kilometres, and the stock of a freezer at home", () => {
  const model = roundModel(round(3, 1, stop(31)), []);
  const stored = { events: [], photos: [], drafts: [], terms: { freezers: [{ site: 1, kind: "home" }] } };
  open((tell) => closeForm({ ...model, snapshot: { ...model.snapshot, metres: 81_400 } }, stored, tell));
  for (const wrong of ["", "2001", "8,5", "-1"]) {
    fill("kilometres", wrong);
    submit();
    assert.deepEqual([done, errors()], [[], ["wrong"]], wrong);
  }
  fill("kilometres", "84");
  fill("stock", "3");
  submit();
  assert.deepEqual(done, [{ kilometres: 84, stock: 3, note: "" }]);
});

test("the end of the day tells of a photo that is still on the phone", async () => {
  const model = roundModel(round(3, 1, stop(31)), []);
  await putPhoto("picture", 3, new ArrayBuffer(8));
  const record = { status: "sent", payload: { photo: "picture" } };
  const { photos } = await readAll();
  const show = (events) => open((tell) => closeForm(model, { events, photos, drafts: [], terms: { freezers: [] } }, tell));
  assert.match(text(show([record])), /close_unsent_one 1/);
  assert.match(text(show([{ status: "sent", payload: {} }])), /close_sent/);
});

test("a note is marked for the office, and a telephone as not reached, by one checkbox each", () => {
  open(notDoneForm);
  pick("nobody_home");
  for (const name of ["for_office", "phone_unreached"]) document.querySelector(`[name=${name}]`).checked = true;
  submit();
  assert.deepEqual(done, [{ reason: "nobody_home", note: "", rebook: false, for_office: true, phone_unreached: true, photo: null }]);
});

test("a reason is needed before a visit is not done, reopened, or an incident is reported", () => {
  for (const make of [notDoneForm, reopenForm, (tell) => incidentForm(null, tell)]) {
    open(make);
    submit();
    assert.deepEqual([done, errors()], [[], ["choose_reason"]]);
  }
  open((tell) => notDoneForm(tell, { rebook: true }));
  pick("access");
  submit();
  assert.deepEqual(done, [{ reason: "access", note: "", rebook: true, for_office: false, phone_unreached: false, photo: null }]);
});

for (const [level, recorded] of [["off", [1, 1]], ["optional", [1, 1]], ["warn", [0, 1]], ["required", [0, 0]]]) {
  test(`nobody at home asks for its photo where the policy is ${level}`, () => {
    open((tell) => notDoneForm(tell, { terms: { proofs: { nobody_home: { photo: level } } }, round: 3 }));
    const photo = find("photo").closest("[hidden], form");
    assert.notEqual(photo, $("form"));
    pick("nobody_home");
    assert.equal(photo.hidden, level === "off");
    submit();
    const first = done.length;
    if (!first) submit();
    assert.deepEqual([first, done.length], recorded);
    assert.equal(errors().length, 0);
  });
}
