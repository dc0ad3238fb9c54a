// A bank for tests: the phone's endpoints in memory, and the failures of a network in front of them.
export const SENT = "2026-11-24T09:00:00+00:00";

export class Bank {
  person = { id: 1, name: "Ana" };
  terms = { navigation: "all" };
  rounds = new Map();
  photos = new Map();
  requests = [];
  refusals = new Map();
  // Ids of events: the server answers 500 to a batch with one of `crashes`, and names those of `failures`.
  crashes = new Set();
  failures = new Set();
  signedIn = true;
  session = 1;
  // "asking" ends the session first: the phone has to ask for the reason.
  revoked = false;
  headers = {};
  // Milliseconds by which the phone's clock is fast.
  phoneAhead = 0;
  #failures = [];

  constructor(...snapshots) {
    for (const snapshot of snapshots) this.publish(snapshot);
  }

  publish(snapshot) {
    const former = this.rounds.get(snapshot.round) ?? { state: "published", events: new Map(), incidents: [] };
    this.rounds.set(snapshot.round, { ...former, snapshot });
  }

  // Fails the next `times` requests that match: "drop" before the bank, "lose" the answer, "cut" its
  // body, "portal" for the page of a hotspot, or an HTTP status, perhaps with the name of its error.
  fail(pattern, failure, { times = 1 } = {}) {
    this.#failures.push({ pattern, failure, times });
  }

  count = (pattern) => this.requests.filter((request) => pattern.test(request)).length;

  // The ids of a round's events, in the order in which the bank took them.
  taken(round) {
    return [...this.rounds.get(round).events.keys()];
  }

  fetch = async (path, { method = "GET", headers = {}, body = null } = {}) => {
    const request = `${method} ${path}`;
    this.requests.push(request);
    this.headers = headers;
    const failure = this.#nextFailure(request);
    if (failure === "drop") throw new TypeError("Failed to fetch");
    if (failure === "portal") return new Response("<h1>Welcome to the café</h1>");
    const { status, error } = typeof failure === "number" ? { status: failure, error: `http_${failure}` } : failure ?? {};
    if (status) return json({ error, message: `refused with ${status}` }, status);
    const answer = this.#answer(request, headers, body);
    if (failure === "lose") throw new TypeError("Failed to fetch");
    return failure === "cut" ? cut() : answer;
  };

  #nextFailure(request) {
    const found = this.#failures.find(({ pattern, times }) => times > 0 && pattern.test(request));
    if (found) found.times -= 1;
    return found?.failure;
  }

  #answer(request, headers, body) {
    if (/^GET \/phone\/devices\//.test(request)) return json({ revoked: Boolean(this.revoked) });
    if (this.revoked === "asking") return json({ error: "signed_out" }, 401);
    if (this.revoked) return json({ error: "device_revoked" }, 401);
    if (!this.signedIn) return json({ error: "signed_out" }, 401);
    if (request === "GET /phone/session") return json({ csrf_token: this.token, session: this.session });
    if (!request.startsWith("GET") && headers["X-CSRFToken"] !== this.token) return json({ error: "form_too_old" }, 400);
    if (request === "POST /sign-out/milkround_phone") return this.#signOut();
    if (request === "GET /phone/rounds") return json({ person: this.person, session: this.session, terms: this.terms, rounds: this.#list(), now: new Date(Date.now() - this.phoneAhead).toISOString() });
    const [, method, id, rest = ""] = /^(\w+) \/phone\/rounds\/(\d+)\/?(.*)$/.exec(request);
    const round = this.rounds.get(Number(id));
    if (!round) return json({ error: "not_found", message: "No such round." }, 404);
    if (rest.startsWith("photos/")) return this.#takePhoto(rest.slice("photos/".length), body);
    if (rest === "sheet") return new Response(`<main><h1>Sheet of revision ${round.snapshot.revision}</h1></main>`);
    if (rest === "events" && method === "POST") return this.#takeAll(round, JSON.parse(body));
    if (rest === "events") return json({ events: [...round.events.values()] });
    if (headers["If-None-Match"] === `"${round.snapshot.revision}"`) return new Response(null, { status: 304 });
    return json(round.snapshot);
  }

  token = "token-1";

  #list() {
    return [...this.rounds].map(([round, { state, events, incidents }]) => ({ round, state, incidents, events: events.size }));
  }

  #takeAll(round, events) {
    if (events.some(({ client_id }) => this.crashes.has(client_id))) return json({ error: "http_500", message: "A fault on our side" }, 500);
    const failed = events.filter(({ client_id }) => this.failures.has(client_id));
    const failures = failed.map(({ client_id }) => ({ client_id, message: "Our server has a fault with this record." }));
    return json({ outcomes: events.filter((event) => !failed.includes(event)).map((event) => this.#take(round, event)), failures });
  }

  #take(round, event) {
    const { client_id } = event;
    const message = this.refusals.get(client_id);
    if (message) return { client_id, status: "refused", code: "refused_in_test", message };
    const status = round.events.has(client_id) ? "duplicate" : "accepted";
    round.events.set(client_id, event);
    return { client_id, status, code: null, message: null };
  }

  #takePhoto(id, bytes) {
    this.photos.set(id, bytes);
    return json({ kept: true });
  }

  #signOut() {
    this.signedIn = false;
    return json({});
  }
}

const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });

// An answer that breaks off after the first bytes of its body.
function cut() {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"rounds": ['));
      controller.error(new TypeError("network error"));
    },
  });
  return new Response(body);
}
