// Numbers of bottles without a label: visit, position in it, Damm check digit.
// The same rule stands in collector/custody/numbers.py; tests/replay_cases.json holds the cases.
const TABLE = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];

export function checkDigit(digits) {
  return [...digits].reduce((interim, digit) => Number(TABLE[interim][digit]), 0);
}

export function numberOf(pickup, index) {
  const counted = String(index).padStart(2, "0");
  return `${pickup}-${counted}-${checkDigit(`${pickup}${counted}`)}`;
}

export function numbersOf(pickup, payload) {
  const labels = payload.containers ?? [];
  const numbers = [...labels];
  for (let n = labels.length + 1; numbers.length < payload.bottles; n++) {
    const generated = numberOf(pickup, n);
    if (!labels.includes(generated)) numbers.push(generated);
  }
  return numbers;
}

export const tubeNumberOf = (pickup, index) => {
  const counted = String(index).padStart(2, "0");
  return `${pickup}-T${counted}-${checkDigit(`${pickup}${counted}`)}`;
};

export const tubesOf = (pickup, payload) =>
  (payload.tubes ?? []).map((tube, n) => ({ ...tube, number: tube.number || tubeNumberOf(pickup, n + 1) }));

const ALLOWED = /^[A-Z0-9](?:[A-Z0-9._-]{0,38}[A-Z0-9])?$/;
const GENERATED = /^(\d+)-[RT]?(\d{2,})-(\d)$/;

// Returns the key of the text about an invalid label, or null.
export function labelError(label, pickup, check) {
  if (!ALLOWED.test(label)) return "label_bad_sign";
  const generated = GENERATED.exec(label);
  if (generated) {
    const [, visit, counted, digit] = generated;
    if (checkDigit(`${visit}${counted}`) !== Number(digit)) return "label_bad_digit";
    return visit === String(pickup) ? null : "label_other_visit";
  }
  const digits = label.replace(/\D/g, "");
  return check === "damm" && (!digits || checkDigit(digits) !== 0) ? "label_bad_digit" : null;
}
