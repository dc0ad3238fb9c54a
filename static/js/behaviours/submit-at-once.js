// The form of `data-submit-at-once`, sent at once if the address ends in #go. A fragment reaches
// neither a server nor a mail scanner, so only a click in a browser gets here.
export function submitAtOnce() {
  const form = document.querySelector("form[data-submit-at-once]");
  if (form && location.hash === "#go") form.requestSubmit();
}
