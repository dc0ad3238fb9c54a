// htmx with this site's token on every request it makes.
import htmx from "htmx.org/dist/htmx.esm.js";

document.body.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

export { htmx };
