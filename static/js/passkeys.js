// Passkeys, by the browser's own JSON: sign-in, second proof and enrolment.
// The buttons stay hidden in a browser that knows no passkeys.
const token = () => document.querySelector('meta[name="csrf-token"]').content;

async function post(address, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

async function use({ dataset }) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post(dataset.options));
  const found = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey }));
  return post(dataset.passkey, found.toJSON());
}

async function add({ dataset }) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await post(dataset.options));
  const made = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
  return post(dataset.passkeyNew, made.toJSON());
}

async function press(button) {
  const trouble = document.querySelector("[data-passkey-trouble]");
  button.disabled = true;
  trouble.hidden = true;
  try {
    const { next } = await ("passkeyNew" in button.dataset ? add(button) : use(button));
    if ("thenSend" in button.dataset) document.querySelector("form[data-send-again]").submit();
    else location.assign(next);
  } catch {
    // Cancelled by the person, refused by the device or by the server: the page offers other ways.
    trouble.hidden = false;
    button.disabled = false;
  }
}

if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const button of document.querySelectorAll("[data-passkey], [data-passkey-new]")) {
    button.hidden = false;
    button.addEventListener("click", () => press(button));
  }
}
