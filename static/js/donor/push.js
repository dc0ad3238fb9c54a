// Push messages: one question to the browser, then its address for the bank.
import { register } from "./worker.js";

function bytes(base64url) {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

async function subscribe(form) {
  if ((await Notification.requestPermission()) !== "granted") return "refused";
  const worker = await register();
  const key = bytes(form.dataset.push);
  const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = found.toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  return "";
}

export function offerPush() {
  const form = document.querySelector("form[data-push]");
  if (!form || !("PushManager" in window) || !navigator.serviceWorker) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    const wrong = await subscribe(form).catch(() => "failed");
    for (const words of form.querySelectorAll("[data-trouble]")) {
      words.hidden = words.dataset.trouble !== wrong;
    }
    if (!wrong) form.requestSubmit();
  });
}
