// A second tap on the way to the server does nothing; the server asks once in any case.
export function sendOnce() {
  for (const form of document.querySelectorAll("form[data-once]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    // The page comes back from the browser's memory as it was left: it may be sent again.
    window.addEventListener("pageshow", () => {
      sent = false;
    });
  }
}
