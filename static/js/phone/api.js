// Requests to the bank. A failed one throws: no network, session over, or phone shut out.

// `status` is 0 where the bank was not reached, else its refusal.
export class RequestFailed extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}
export class SignedOut extends Error {}
export class DeviceRevoked extends Error {}

// The phone's key and its number of waiting events, sent with every request beside its time.
const device = { key: null, unsent: 0 };
export const identify = (key, unsent) => Object.assign(device, { key, unsent });

export const SIGN_IN = "/phone/sign-in?next=/phone/";
const TIMEOUT_MS = 20_000;
let token = null;

// Returns the answer's JSON, or null if `revision` is still the newest one.
export async function fetchJson(path, revision = null) {
  const headers = revision === null ? {} : { "If-None-Match": `"${revision}"` };
  const answer = await request(path, { headers });
  return answer.status === 304 ? null : parsed(answer);
}

export const fetchText = async (path) => (await request(path, {})).text();

// Sends with the token of this page; one that has become too old is renewed once.
export async function postJson(path, body) {
  for (const last of [false, true]) {
    token ??= await freshToken();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await request(path, { method: "POST", headers, body: JSON.stringify(body) }, last);
    if (answer.ok) return parsed(answer);
    token = null;
  }
}

export const closeSession = () => requestWithToken("/sign-out/milkround_phone", { method: "POST" });

export const postPhoto = (path, photo) =>
  requestWithToken(path, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: photo });

export const changeJson = async (path, method) => parsed(await requestWithToken(path, { method }));

// A body that is cut off, or a page of a hotspot in its place, is no answer of the bank.
const parsed = (answer) =>
  answer.json().catch((error) => {
    throw new RequestFailed(error.message);
  });

const freshToken = async () => (await fetchJson("/phone/session")).csrf_token;

async function requestWithToken(path, options) {
  const headers = { ...options.headers, "X-CSRFToken": await freshToken() };
  return request(path, { ...options, headers });
}

const senderHeaders = () => ({
  "X-Milkround-Device": device.key,
  "X-Milkround-Unsent": String(device.unsent),
  "X-Milkround-Clock": new Date().toISOString(),
});

async function request(path, options, last = true) {
  const sender = device.key ? senderHeaders() : {};
  // The phone asks for news by itself; only records are a use of the session.
  const background = options.method ? {} : { "X-Milkround-Background": "1" };
  const headers = { Accept: "application/json", ...background, ...sender, ...options.headers };
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS), ...options, headers });
  } catch (error) {
    throw new RequestFailed(error.message);
  }
  if (answer.status === 401) throw (await isRevoked(answer)) ? new DeviceRevoked() : new SignedOut();
  if (answer.ok || answer.status === 304) return answer;
  const { error, message } = await answer.json().catch(() => ({}));
  if (error === "form_too_old" && !last) return answer;
  throw new RequestFailed(message ?? `HTTP ${answer.status}`, answer.status);
}

// A session that is over may have been ended from the board: the phone then wipes its rounds.
async function isRevoked(answer) {
  const { error } = await answer.json().catch(() => ({}));
  if (error === "device_revoked") return true;
  if (!device.key) return false;
  const about = await fetch(`/phone/devices/${device.key}`, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  return Boolean(about?.ok && (await about.json()).revoked);
}
