// Proofs: the level of a bank's policy, and the proofs that a record lacks.
import assert from "node:assert/strict";
import test from "node:test";
import { missingProofs, proofLevel } from "../../../static/js/phone/proofs.js";

const proofs = {
  collection: { seal: "optional", label: "warn" },
  ward: { seal: "required" },
  blood_sample: { label: "required", photo: "warn" },
  pump_return: { label: "warn" },
};
const record = { bottles: 3, containers: ["A"], seal: "", photo: null, checks: {}, tubes: [], pump: "" };
const missing = (changes, purposes) =>
  missingProofs({ ...record, ...changes }, purposes, { proofs }).map(({ purpose, what, level, missing: n }) => [purpose, what, level, n]);

test("the strictest purpose of a visit decides", () => {
  assert.equal(proofLevel({ proofs }, ["collection", "ward"], "seal"), "required");
  assert.equal(proofLevel({ proofs }, ["collection"], "photo"), "off");
  assert.equal(proofLevel(undefined, ["collection"], "seal"), "off");
  assert.equal(proofLevel({ proofs }, [], "seal"), "off");
});

test("each purpose is judged by its own level, and optional proofs are never missing", () => {
  assert.deepEqual(missing({}, ["collection", "ward"]), [["collection", "label", "warn", 2], ["ward", "seal", "required", 1]]);
  assert.deepEqual(missing({ containers: ["A", "B", "C"], seal: "S1" }, ["collection", "ward"]), []);
});

test("without milk no proof of milk is missing", () => {
  assert.deepEqual(missing({ bottles: 0, containers: [] }, ["collection", "ward"]), []);
});

test("a purpose that was not carried out needs no proof", () => {
  assert.deepEqual(missing({ checks: { blood_sample: false } }, ["blood_sample"]), []);
  const tubes = [{ number: "B7" }, { number: "" }];
  assert.deepEqual(missing({ checks: { blood_sample: true }, tubes }, ["blood_sample"]), [["blood_sample", "label", "required", 1], ["blood_sample", "photo", "warn", 1]]);
  assert.deepEqual(missing({ checks: { blood_sample: true }, tubes: [{ number: "B7" }], photo: "id" }, ["blood_sample"]), []);
});

test("a pump is labelled by its number", () => {
  assert.deepEqual(missing({}, ["pump_return"]), [["pump_return", "label", "warn", 1]]);
  assert.deepEqual(missing({ pump: "P4" }, ["pump_return"]), []);
});
