// Speaks with the bank. A network that fails is `Away`; a session that ended is `SignedOut`.
export class Away extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}
export class SignedOut extends Error {}

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

async function ask(path, options, last = true) {
  const headers = { Accept: "application/json", ...options.headers };
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options, headers });
  } catch (error) {
    throw new Away(error.message);
  }
  if (answer.status === 401) throw new SignedOut();
  if (answer.ok || answer.status === 304) return answer;
  const { error, message } = await answer.json().catch(() => ({}));
  if (error === "form_too_old" && !last) return answer;
  throw new Away(message ?? `HTTP ${answer.status}`, answer.status);
}
