// The corners of an outline: their text, one to a line, and the place of a new one.
export function cornersIn(text) {
  const pairs = text.split("\n").map((line) => (line.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number));
  return pairs.filter((pair) => pair.length === 2 && Math.abs(pair[0]) <= 90 && Math.abs(pair[1]) <= 180);
}

export function cornersText(corners) {
  return corners.map((at) => at.join(", ")).join("\n");
}

export function corner({ lat, lng }) {
  return [Number(lat.toFixed(5)), Number(lng.toFixed(5))];
}

// A new corner goes between the two that it lengthens the outline least.
export function rowOfNew(corners, at, map) {
  if (corners.length < 3) return corners.length;
  const far = (a, b) => map.project(a, 12).distanceTo(map.project(b, 12));
  const longer = corners.map((a, row) => {
    const b = corners[(row + 1) % corners.length];
    return far(a, at) + far(at, b) - far(a, b);
  });
  return longer.indexOf(Math.min(...longer)) + 1;
}
