// Types of a round: as the bank publishes it, as the phone stores it, as its pages show it.
import type { StoredEvent } from "./events";
import type { roundModel } from "./round-model.js";

export interface Place {
  latitude: number | null;
  longitude: number | null;
}

export interface Site extends Place {
  site: number;
  name: string;
}

export interface Address extends Place {
  line: string;
  postcode: string;
  town: string;
  access_notes: string;
}

// Instants are ISO 8601 in UTC.
export interface Stop {
  pickup: number;
  arrives_at: string | null;
  begins_at: string | null;
  ends_at: string | null;
  window: { opens: string; closes: string };
  donor_number: number;
  first_name: string;
  family_name: string;
  phone: string;
  address: Address;
  purposes: string[];
  bottles: number;
  volume_ml: number;
  empties_wanted: number;
  call_first: boolean;
  note: string;
  code: string;
  milk_held?: boolean;
  kit_wanted?: ("labels" | "pump_parts")[];
  line?: "donated" | "own_child";
}

// The streets along a round: `there` once every tile is on board.
export interface Streets {
  revision: number;
  version: string | null;
  url: string;
  attribution: string;
  tiles: number[][];
  bytes: number;
  legs: (string | null)[];
  there: boolean;
}

export interface Emptying extends Site {
  // The last visit before it; null for one before the first visit.
  after: number | null;
  arrives_at: string;
  begins_at: string;
  ends_at: string;
}

export interface Snapshot {
  round: number;
  revision: number;
  day: string;
  time_zone: string;
  letter: string;
  collector: string;
  vehicle: string;
  departs_at: string | null;
  returns_at: string | null;
  metres: number;
  start: Site;
  end: Site;
  freezer_warmest_celsius: number;
  why?: string;
  stops: Stop[];
  emptyings?: Emptying[];
}

export interface Answer {
  client_id: string;
  kind: string;
  decision: string | null;
  note: string;
}

export interface VisitState {
  phase: string;
  arrivedAt: string | null;
  decidedBy: StoredEvent | null;
  // Earlier decisions that stand as well, from a phone that missed the last one.
  rivals: StoredEvent[];
  postponed: number | null;
}

export type RoundModel = ReturnType<typeof roundModel> & { fresh?: Snapshot | null };
export type ShownStop = RoundModel["stops"][number];

// A half-filled form, at the address of its page.
export interface Draft {
  key: string;
  round: number;
  pickup: number | null;
  address: string;
  at: string;
  values: [string, string | boolean][];
  refused?: { client_id: string; code: string; field: string | null; message: string };
}

export interface Stored {
  rounds: { round: number; shown?: Snapshot; snapshot?: Snapshot; incidents?: Answer[]; sheet?: { revision: number; html: string }; streets?: Streets; unloaded?: { letter: string; day: string } }[];
  events: StoredEvent[];
  photos: IDBValidKey[];
  drafts: Draft[];
  photoFaults?: Record<string, { message: string; final: boolean }>;
  person?: { id: number; name: string };
  touched?: string;
  terms?: Record<string, any>;
  settings: Record<string, any>;
  clock?: { offset: number | null; at: number; state?: import("./events").StoredEvent["offset_state"] };
  device?: string;
  session?: number;
  leaving?: boolean | number;
  revoked?: string | false;
  placeOf?: number | null;
}
