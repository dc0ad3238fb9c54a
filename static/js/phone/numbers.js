// The numbers of bottles without a label: visit, place in it, check digit (Damm).
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
  const made = Math.max(0, payload.bottles - labels.length);
  return [...labels, ...Array.from({ length: made }, (_, n) => numberOf(pickup, labels.length + n + 1))];
}
