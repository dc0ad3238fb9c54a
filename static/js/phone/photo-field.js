// A photo field: the picture is made small and stored before the record that names it.
import { h } from "./dom.js";
import { newId as fieldId } from "./fields.js";
import { icon } from "./icons.js";
import { newId } from "./outbox.js";
import { putPhoto, shrink } from "./photos.js";
import { t } from "./texts.js";

const storedSign = () => [icon("check"), t("photo_kept")];

export function photoField(earlier, round, { label = t("photo"), hint = t("photo_hint") } = {}) {
  const id = fieldId("photo");
  const status = h("p", { role: "status" });
  const name = h("input", { type: "hidden", name: "photo-name", value: earlier ?? "", oninput: () => drawSign() });
  const drawSign = () => status.replaceChildren(...(name.value ? storedSign() : []));

  async function take({ target }) {
    if (!target.files[0]) return;
    const made = newId();
    try {
      await putPhoto(made, round, await shrink(target.files[0]));
      name.value = made;
      name.dispatchEvent(new Event("input", { bubbles: true }));
    } catch (error) {
      status.replaceChildren(icon("cross"), t(error.name === "QuotaExceededError" ? "not_kept" : "photo_failed"));
    }
  }

  const input = h("input", { id, name: "photo", type: "file", accept: "image/*", capture: "environment", onchange: take });
  const node = h("div", { class: "field" }, h("label", { for: id }, label), h("p", { class: "hint" }, hint), input, name, status);
  drawSign();
  return { node, input, value: () => name.value || null };
}
