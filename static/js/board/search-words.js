// Words of a search, by the rules of `collector/search_words.py`: no accents, capitals or punctuation.
const LIGATURES = { œ: "oe", æ: "ae", ø: "o", ł: "l", ß: "ss" };
const WHOLE_NUMBER = 10;
const SAME_DIGITS = 9;

export function wordsIn(text) {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const letters = plain.replace(/[œæøłß]/gu, (sign) => LIGATURES[sign]);
  return letters.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

export function isFound(query, text) {
  const words = wordsIn(query);
  const number = words.join("");
  if (/^\d+$/.test(number)) return text.includes(number.length < WHOLE_NUMBER ? number : number.slice(-SAME_DIGITS));
  return words.every((word) => text.includes(word));
}
