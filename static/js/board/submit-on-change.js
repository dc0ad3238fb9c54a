// Forms of `data-submit-on-change`: sent when a day is picked, not while it is typed.
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
