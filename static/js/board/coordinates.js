// Coordinates as a map application copies them: "44.4997, 0.1650" in one text.
const PAIR = /^\s*(-?\d{1,2}\.\d+)\s*[,;\s]\s*(-?\d{1,3}\.\d+)\s*$/;

/** Return the latitude and the longitude that one text holds, or null. */
export function coordinatesIn(text) {
  const found = PAIR.exec(text);
  return found && [found[1], found[2]];
}
