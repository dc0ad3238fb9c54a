// Rounds for tests: stops that arrive at the minute of their number, after nine.
const NINE = Date.parse("2026-11-24T09:00:00Z");

export const at = (minute) => new Date(NINE + minute * 60_000).toISOString();

export const stop = (pickup, changes = {}) => ({
  pickup,
  arrives_at: at(pickup),
  first_name: `Donor ${pickup}`,
  family_name: "Martin",
  purposes: ["collection"],
  bottles: 2,
  volume_ml: 500,
  empties_wanted: 0,
  address: { town: "Talence", latitude: 44.8, longitude: -0.6 },
  ...changes,
});

export const round = (id, revision, ...stops) => ({
  round: id, revision, letter: "A", day: "2026-11-24", time_zone: "Europe/Paris", departs_at: at(0), stops,
  start: { name: "Bank", latitude: 44.8, longitude: -0.6 }, end: { site: 1, name: "Bank", latitude: 44.8, longitude: -0.6 },
});
