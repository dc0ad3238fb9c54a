// Validation of a form: the errors of its fields, each beneath its field until it is corrected.
import { h } from "./dom.js";

// Marks the fields with an error and moves to the first; returns whether there is none.
export function validate(fields) {
  const wrong = fields.filter(markError);
  wrong[0]?.input.focus();
  return wrong.length === 0;
}

// A marked field stays so until it is corrected.
function markError(field) {
  const { node, input } = field;
  const error = field.error();
  node.querySelector(":scope > .wrong")?.remove();
  if (!error) {
    input.removeAttribute("aria-invalid");
    return false;
  }
  input.setAttribute("aria-invalid", "true");
  node.append(h("p", { class: "wrong", role: "alert" }, error));
  watch(field);
  return true;
}

const watched = new WeakSet();

function watch(field) {
  if (watched.has(field.node)) return;
  watched.add(field.node);
  const again = () => field.input.hasAttribute("aria-invalid") && markError(field);
  for (const event of ["input", "change", "click"]) field.node.addEventListener(event, again);
}
