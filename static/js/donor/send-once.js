// Forms of `data-once`: a second tap on the way to the server does nothing.
export function sendOnce() {
  for (const form of document.querySelectorAll("form[data-once]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    // A page out of the browser's memory comes back as it was left: its form may be sent again.
    window.addEventListener("pageshow", () => {
      sent = false;
    });
  }
}
