// Links to navigation apps: coordinates, never a name.
export function navigationLinks(latitude, longitude) {
  const point = `${latitude},${longitude}`;
  return {
    geo: `geo:${point}?q=${point}`,
    google: `https://www.google.com/maps/dir/?api=1&destination=${point}&travelmode=driving&dir_action=navigate`,
    waze: `https://waze.com/ul?ll=${point}&navigate=yes`,
    apple: `https://maps.apple.com/directions?destination=${point}&mode=driving`,
  };
}
