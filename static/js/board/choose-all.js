// `data-all` chooses every request that has no flag.
export function chooseAll() {
  const all = document.querySelector("[data-pick-all] [data-all]");
  all?.addEventListener("change", () => {
    document.querySelectorAll("input[data-clean]").forEach((box) => {
      box.checked = all.checked;
    });
  });
}
