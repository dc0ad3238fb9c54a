// Encoded polylines: points as differences in units of 0.00001 degrees, five bits to a character.
export function decodePolyline(text) {
  const points = [];
  let [place, latitude, longitude] = [0, 0, 0];
  const next = () => {
    let [value, shift, part] = [0, 0, 0];
    do {
      part = text.charCodeAt(place++) - 63;
      value |= (part & 31) << shift;
      shift += 5;
    } while (part >= 32);
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  while (place < text.length) {
    latitude += next();
    longitude += next();
    points.push([latitude / 1e5, longitude / 1e5]);
  }
  return points;
}
