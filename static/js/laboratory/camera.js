// The camera as a scanner: the first label that it reads is sent.
import { scan } from "../phone/scan.js";

export function useCamera() {
  for (const button of document.querySelectorAll("[data-camera]")) {
    if (!navigator.mediaDevices) continue;
    button.hidden = false;
    button.addEventListener("click", () => read(button.closest("form")));
  }
}

async function read(form) {
  const stop = await scan(form.querySelector("[data-camera-place]"), (label) => {
    stop();
    form.querySelector("[data-scan]").value = label;
    form.requestSubmit();
  });
}
