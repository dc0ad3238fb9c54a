// Types of the phone's events, as they are sent to the bank and as they wait on the phone.
export interface BoxReading {
  box: string;
  celsius: number;
}

export interface Payloads {
  acknowledged: { revision: number };
  started: { boxes: BoxReading[]; lacking: string[] };
  box_read: BoxReading;
  en_route: {};
  arrived: {};
  address_shown: {};
  collected: {
    bottles: number;
    volume_ml: number;
    volume_declared: boolean;
    freezer_celsius: number | null;
    storage_ok: boolean | null;
    containers: string[];
    refused: { count: number; reason: string }[];
    box: string;
    seal: string;
    checks: Record<string, boolean>;
    tubes: { number: string; drawn_at: string }[];
    pump: string;
    empties_left: number;
    photo: string | null;
    note: string;
    for_office: boolean;
  };
  not_done: { reason: string; note: string; rebook: boolean; for_office: boolean; phone_unreached: boolean; photo: string | null };
  postponed: {};
  incident: { kind: string; note: string; site?: number };
  undone: { undoes: string; reason: string };
  handed_over: {
    site: number;
    containers: string[];
    receiver: string;
    note: string;
    box_celsius: number;
    boxes: BoxReading[];
  };
  closed: { kilometres: number; stock: number | null; note: string };
}

export type EventKind = keyof Payloads;

export interface PhoneEvent<K extends EventKind = EventKind> {
  client_id: string;
  kind: K;
  pickup: number | null;
  sequence: number;
  device_at: string;
  offset_ms: number | null;
  device: string;
  payload: Payloads[K] | {};
}

export interface StoredEvent extends PhoneEvent {
  round: number;
  person?: number;
  happened_at?: string;
  /** `unsure`: the clock may have been set before the record; the next exchange decides. */
  offset_state?: "measured" | "moved" | "unsure" | "unknown";
  form?: import("./round").Draft | null;
  status: "waiting" | "sent" | "refused";
  code?: string | null;
  fault?: string | null;
  field?: string | null;
  message?: string | null;
}
