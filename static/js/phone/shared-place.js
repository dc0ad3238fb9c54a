// The place of the phone on the road, sent to the bank only if the collector agreed on this phone.
import { changeJson, postJson } from "./api.js";
import { readAll, setMeta } from "./store.js";

const EVERY_MS = 120_000;
const ON_THE_ROAD = ["started", "returned"];
let last = -EVERY_MS;

export const canShare = () => Boolean(navigator.geolocation);

// At most every two minutes, and only for a round on the road.
export async function sendPlace(rounds) {
  const { settings } = await readAll();
  const round = rounds.find(({ state }) => ON_THE_ROAD.includes(state));
  if (!settings.sharesPlace || !round || !canShare() || performance.now() - last < EVERY_MS) return;
  const found = await position();
  if (!found) return;
  last = performance.now();
  await postJson(`/phone/rounds/${round.round}/place`, found);
  await setMeta("placeOf", round.round);
}

// The collector withdrew: the bank forgets the last place at once, or at the end of the round.
export async function withdrawPlace() {
  const { placeOf } = await readAll();
  last = -EVERY_MS;
  if (placeOf) await changeJson(`/phone/rounds/${placeOf}/place`, "DELETE").then(() => setMeta("placeOf", null), () => {});
}

// Five decimals are a metre; without a permission or a signal nothing is sent.
const position = () =>
  new Promise((resolve) => {
    const rounded = (degrees) => Number(degrees.toFixed(5));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: rounded(coords.latitude), longitude: rounded(coords.longitude) }),
      () => resolve(null),
      { maximumAge: EVERY_MS, timeout: 10_000, enableHighAccuracy: false },
    );
  });
