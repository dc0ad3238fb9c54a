// Boxes for all: `data-all` ticks every request without a flag, `data-choose-all` every box of its name.
export function chooseAll() {
  document.addEventListener("change", ({ target }) => {
    const boxes = boxesOf(target);
    boxes?.forEach((box) => {
      box.checked = target.checked;
    });
  });
}

function boxesOf(target) {
  if (target.matches("[data-pick-all] [data-all]")) return document.querySelectorAll("input[data-clean]");
  const { chooseAll: name } = target.dataset ?? {};
  return name ? document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`) : null;
}
