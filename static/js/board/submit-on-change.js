// Sends a form of `data-submit-on-change` when a day was picked, not while it is being typed.
const bound = new WeakSet();

export function submitOnChange() {
  for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
    if (bound.has(form)) continue;
    bound.add(form);
    let typing = false;
    form.addEventListener("keydown", (event) => {
      typing = event.key !== "Enter";
    });
    form.addEventListener("change", (event) => {
      if (!typing && event.target.value) form.requestSubmit();
    });
  }
}
