// Texts of the phone for tests: each is its own key, followed by the figures that it is filled with.
import { globSync, readFileSync } from "node:fs";

const ROOT = new URL("../../../", import.meta.url);

export function phoneTexts() {
  const sources = globSync("collector/web/phone/texts*.py", { cwd: ROOT.pathname });
  const source = sources.map((name) => readFileSync(new URL(name, ROOT), "utf8")).join("\n");
  const [, ...entries] = source.split(/^\s*"(?=\w+": )/m);
  return Object.fromEntries(entries.map((entry) => [entry.match(/^\w+/)[0], withFigures(entry)]));
}

function withFigures(entry) {
  const figures = [...new Set(entry.match(/%\(\w+\)s/g))];
  return [entry.match(/^\w+/)[0], ...figures].join(" ");
}
