// Texts of the page in the reader's language, and figures in its notation.
const words = JSON.parse(document.getElementById("texts").textContent);
const language = document.documentElement.lang || "en";
const plurals = new Intl.PluralRules(language);

export function t(key, figures = {}) {
  if (!(key in words)) throw new Error(`no text ${key}`);
  return words[key].replace(/%\((\w+)\)s/g, (_, name) => figures[name] ?? "");
}

export function counted(key, n) {
  return t(`${key}_${plurals.select(n) === "one" ? "one" : "many"}`, { n: number(n) });
}

// The material that a visit brings besides empty bottles, in words; empty if none.
export const kitWords = (stop) => (stop.kit_wanted ?? []).map((kit) => t(`kit_${kit}`)).join(", ");

// "en" alone means American: November 24 instead of 24 November.
const dates = language === "en" ? "en-GB" : language;

export const number = (n, digits = 1) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(n);

export const litres = (ml) => `${number(ml / 1000, 2)}\u00a0L`;

export const celsius = (degrees) => `${number(degrees).replace("-", "−")}\u00a0°C`;

// A donor's number in groups of three from its end: 10 000 014.
export const grouped = (number) => String(number).replace(/(?<=\d)(?=(\d{3})+$)/g, "\u00a0");

// The bank's wall clock, whatever the time zone of the phone.
export function clock(iso, timeZone = banksZone()) {
  /** @type {Intl.DateTimeFormatOptions} */
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  return new Intl.DateTimeFormat(dates, form).format(new Date(iso));
}

const banksZone = () => document.querySelector('meta[name="time-zone"]')?.content;

export const day = (date) => dayWords(date, { weekday: "short", day: "numeric", month: "short" });

export const fullDay = (date) => dayWords(date, { weekday: "long", day: "numeric", month: "long" });

/** @param {string} date @param {Intl.DateTimeFormatOptions} form */
function dayWords(date, form) {
  const words = new Intl.DateTimeFormat(dates, { ...form, timeZone: "UTC" }).format(new Date(`${date}T12:00:00Z`));
  return language === "fr" ? words.replace(/(^| )1 /, (_, before) => `${before}1er `) : words;
}
