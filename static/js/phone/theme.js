// How the page looks: as the phone does, light, dark, or black on white and yellow in full sun.
// Kept beside the database, because it is wanted before the first word is drawn.
const KEY = "milkround-theme";
export const THEMES = ["auto", "light", "dark", "sun"];

export const theme = () => localStorage.getItem(KEY) ?? "auto";

export function dress(chosen = theme()) {
  document.documentElement.dataset.theme = chosen;
}

export function wear(chosen) {
  localStorage.setItem(KEY, chosen);
  dress(chosen);
}

// One tap in the sun, one tap back to what it was before.
export function toggleSun() {
  const before = localStorage.getItem(`${KEY}-before`) ?? "auto";
  if (theme() === "sun") return wear(before);
  localStorage.setItem(`${KEY}-before`, theme());
  wear("sun");
}
