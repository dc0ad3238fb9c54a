// Proofs: the level a bank's policy sets for each, and the ones that a record lacks.
const ORDER = ["off", "optional", "warn", "required"];
export const MILK = ["collection", "ward"];

// The strictest rule among the purposes of a visit.
export function proofLevel(terms, purposes, what) {
  const levels = purposes.map((purpose) => terms?.proofs?.[purpose]?.[what] ?? "off");
  return levels.sort((a, b) => ORDER.indexOf(b) - ORDER.indexOf(a))[0] ?? "off";
}

export function missingProofs(record, purposes, terms) {
  const happened = purposes.filter((purpose) => (MILK.includes(purpose) ? record.bottles > 0 : record.checks[purpose] !== false));
  return happened.flatMap((purpose) =>
    ["label", "seal", "photo"].flatMap((what) => {
      const level = proofLevel(terms, [purpose], what);
      const missing = countMissing(record, purpose, what);
      return missing && ["warn", "required"].includes(level) ? [{ purpose, what, level, missing }] : [];
    }));
}

function countMissing(record, purpose, what) {
  if (what === "seal") return record.seal ? 0 : 1;
  if (what === "photo") return record.photo ? 0 : 1;
  if (purpose === "blood_sample") return record.tubes.filter((tube) => !tube.number).length;
  if (purpose === "pump_return") return record.pump ? 0 : 1;
  return record.bottles - record.containers.length;
}
