// Steppers: a minus and a plus beside every number of `data-stepper`.
function button(sign, words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = sign;
  made.setAttribute("aria-label", words);
  made.addEventListener("click", act);
  return made;
}

export function addSteps() {
  for (const stepper of document.querySelectorAll("[data-stepper]")) {
    const input = stepper.querySelector("input");
    const label = document.querySelector(`label[for="${input.id}"]`).textContent;
    const step = Number(stepper.dataset.stepper);
    const most = Number(stepper.dataset.most);
    const move = (by) => () => {
      const now = Number.parseInt(input.value, 10) || 0;
      input.value = Math.min(most, Math.max(0, now + by));
    };
    input.before(button("−", `${stepper.dataset.fewer} ${label}`, move(-step)));
    input.after(button("+", `${stepper.dataset.more} ${label}`, move(step)));
  }
}
