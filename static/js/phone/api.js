// Speaks with the bank. A network that fails is `Away`; a session that ended is `SignedOut`.
export class Away extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}
export class SignedOut extends Error {}
export class ShutOut extends Error {}

// Which phone this is, and how many records it still holds: said with every question.
const us = { key: null, unsent: 0 };
export const introduce = (key, unsent) => Object.assign(us, { key, unsent });

export const SIGN_IN = "/sign-in?next=/phone/";
const PATIENCE = 20_000;
let token = null;

export async function read(path, revision = null) {
  const headers = revision === null ? {} : { "If-None-Match": `"${revision}"` };
  const answer = await ask(path, { headers });
  return answer.status === 304 ? null : answer.json();
}

// Sends with a fresh token; one that proves too old is fetched once more.
export async function send(path, body) {
  for (const last of [false, true]) {
    token ??= (await read("/phone/session")).csrf_token;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await ask(path, { method: "POST", headers, body: JSON.stringify(body) }, last);
    if (answer.ok) return answer.json();
    token = null;
  }
}

export async function leave() {
  const { csrf_token } = await read("/phone/session");
  const headers = { "X-CSRFToken": csrf_token };
  await ask("/sign-out/milkround_phone", { method: "POST", headers });
}

export async function sendPhoto(path, photo) {
  const { csrf_token } = await read("/phone/session");
  const headers = { "Content-Type": "image/jpeg", "X-CSRFToken": csrf_token };
  await ask(path, { method: "POST", headers, body: photo });
}

export async function change(path, method) {
  const { csrf_token } = await read("/phone/session");
  return (await ask(path, { method, headers: { "X-CSRFToken": csrf_token } })).json();
}

async function ask(path, options, last = true) {
  const who = us.key ? { "X-Milkround-Device": us.key, "X-Milkround-Unsent": String(us.unsent) } : {};
  const headers = { Accept: "application/json", ...who, ...options.headers };
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options, headers });
  } catch (error) {
    throw new Away(error.message);
  }
  if (answer.status === 401) throw (await isShutOut(answer)) ? new ShutOut() : new SignedOut();
  if (answer.ok || answer.status === 304) return answer;
  const { error, message } = await answer.json().catch(() => ({}));
  if (error === "form_too_old" && !last) return answer;
  throw new Away(message ?? `HTTP ${answer.status}`, answer.status);
}

// A session that ended may have been ended from the board: the phone then wipes itself.
async function isShutOut(answer) {
  const { error } = await answer.json().catch(() => ({}));
  if (error === "device_revoked") return true;
  if (!us.key) return false;
  const told = await fetch(`/phone/devices/${us.key}`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  return Boolean(told?.ok && (await told.json()).revoked);
}
