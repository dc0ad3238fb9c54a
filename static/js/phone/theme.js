// Themes: as the phone has it, light, dark, or black on white and yellow for full sun.
// In localStorage, not in the database: it is needed before the first word is drawn.
const KEY = "milkround-theme";
export const THEMES = ["auto", "light", "dark", "sun"];

export const theme = () => localStorage.getItem(KEY) ?? "auto";

export function applyTheme(chosen = theme()) {
  document.documentElement.dataset.theme = chosen;
}

export function setTheme(chosen) {
  localStorage.setItem(KEY, chosen);
  applyTheme(chosen);
}

// One tap to the theme for full sun, one tap back to the theme before it.
export function toggleSun() {
  const before = localStorage.getItem(`${KEY}-before`) ?? "auto";
  if (theme() === "sun") return setTheme(before);
  localStorage.setItem(`${KEY}-before`, theme());
  setTheme("sun");
}
