// Time windows of a form: empty lines are hidden, and shown one by one.
const isEmpty = (line) => !line.querySelector("select").value;

function clone(line, index) {
  const copy = line.cloneNode(true);
  for (const part of copy.querySelectorAll("[id], [for]")) {
    for (const name of ["id", "for"]) {
      const given = part.getAttribute(name);
      if (given) part.setAttribute(name, given.replace(/\d+/, index));
    }
  }
  for (const part of copy.querySelectorAll("[aria-invalid]")) {
    part.removeAttribute("aria-invalid");
    part.removeAttribute("aria-describedby");
  }
  copy.querySelector(".wrong")?.remove();
  copy.querySelector("select").value = "";
  return copy;
}

export function addWindows() {
  const MOST = 10;
  for (const group of document.querySelectorAll("[data-windows]")) {
    const lines = () => [...group.querySelectorAll("[data-window]")];
    const add = group.querySelector("[data-add-window]");
    lines().forEach((line, index) => {
      line.hidden = index > 0 && isEmpty(line);
    });
    add?.addEventListener("click", (event) => {
      event.preventDefault();
      const all = lines();
      let next = all.find((line) => line.hidden);
      if (!next) {
        next = clone(all.at(-1), all.length);
        all.at(-1).after(next);
      }
      next.hidden = false;
      next.querySelector("select").focus();
      add.hidden = lines().length >= MOST && !lines().some((line) => line.hidden);
    });
  }
}
