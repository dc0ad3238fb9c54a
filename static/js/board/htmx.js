// htmx with this site's token and the pressed button on every request.
import htmx from "htmx.org/dist/htmx.esm.js";

let submitter = null;

// A button may stand outside its form (`form="pin-form"`); htmx leaves it out.
document.addEventListener("submit", (event) => {
  submitter = event.submitter;
}, true);

document.body.addEventListener("htmx:configRequest", (event) => {
  const { elt, headers, parameters } = event.detail;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) headers["X-CSRFToken"] = token;
  // A page that refreshes itself is no use of the session.
  if (event.detail.triggeringEvent?.type === "hx:poll:trigger") headers["X-Milkround-Background"] = "1";
  if (elt === submitter?.form && submitter.name) parameters[submitter.name] = submitter.value;
});

export { htmx };
