// One photo: small, kept on the disk before the record that names it.
import { h } from "./dom.js";
import { newId as fieldId } from "./fields.js";
import { newId } from "./outbox.js";
import { icon } from "./icons.js";
import { keepPhoto, shrink } from "./photos.js";
import { t } from "./texts.js";

const keptSign = () => [icon("check"), t("photo_kept")];

export function photoField(before, round) {
  let kept = before;
  const id = fieldId("photo");
  const told = h("p", { role: "status" }, before && keptSign());

  async function take({ target }) {
    if (!target.files[0]) return;
    const name = newId();
    try {
      await keepPhoto(name, round, await shrink(target.files[0]));
      kept = name;
      told.replaceChildren(...keptSign());
    } catch {
      told.replaceChildren(icon("cross"), t("photo_failed"));
    }
  }

  const input = h("input", { id, name: "photo", type: "file", accept: "image/*", capture: "environment", onchange: take });
  const node = h("div", { class: "field" }, h("label", { for: id }, t("photo")), h("p", { class: "hint" }, t("photo_hint")), input, told);
  return { node, input, value: () => kept };
}
