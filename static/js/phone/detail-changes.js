// Details of a stop that differ between two revisions, in words: the old beside the new.
// The same details stand in collector/rounds/stop_details.py.
import { counted, kitWords, litres, t } from "./texts.js";

const yesNo = (value) => t(value ? "detail_yes" : "detail_no");

const DETAILS = {
  name: (stop) => `${stop.first_name} ${stop.family_name}`,
  phone: (stop) => stop.phone,
  address: ({ address }) => address.line && `${address.line}, ${address.postcode} ${address.town}`,
  access: ({ address }) => address.access_notes,
  position: ({ address }) => address.latitude != null && `${address.latitude.toFixed(5)}, ${address.longitude.toFixed(5)}`,
  bottles: (stop) => counted("bottles", stop.bottles),
  volume: (stop) => litres(stop.volume_ml),
  empties: (stop) => counted("empties", stop.empties_wanted),
  kit: (stop) => kitWords(stop),
  call_first: (stop) => yesNo(stop.call_first),
  note: (stop) => stop.note,
  own_child: (stop) => yesNo(stop.line === "own_child"),
  milk_held: (stop) => yesNo(stop.milk_held),
};

/**
 * @param {import("./round").Stop} was
 * @param {import("./round").Stop} now
 * @returns {{ words: string, before?: string, after?: string }[]}
 */
export function detailChanges(was, now) {
  const purposes = (one, other, key) =>
    one.purposes.filter((each) => !other.purposes.includes(each)).map((each) => ({ words: t(key, { what: t(`purpose_${each}`) }) }));
  const details = Object.entries(DETAILS)
    .map(([name, read]) => ({ words: t(`detail_${name}`), before: read(was) || "–", after: read(now) || "–" }))
    .filter(({ before, after }) => before !== after);
  return [...purposes(now, was, "purpose_added"), ...purposes(was, now, "purpose_removed"), ...details];
}
