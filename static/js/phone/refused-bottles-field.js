// Bottles that stay with the donor: a count for each reason.
import { h } from "./dom.js";
import { stepper } from "./fields.js";
import { t } from "./texts.js";

const REASONS = ["thawed", "no_label", "too_old", "wrong_container", "damaged", "other"];

export function refusedBottlesField(refused = []) {
  const before = (reason) =>
    refused.filter((each) => each.reason === reason).reduce((sum, each) => sum + each.count, 0);
  const rows = REASONS.map((reason) => ({
    reason,
    field: stepper(`refused-${reason}`, t(`refusal_${reason}`), { value: before(reason) }),
  }));
  const node = h(
    "details",
    { class: "fold", open: refused.length > 0 },
    h("summary", {}, t("refused")),
    h("p", { class: "hint" }, t("refused_hint")),
    rows.map((row) => row.field.node),
  );
  const value = () =>
    rows
      .map(({ reason, field }) => ({ count: field.value(), reason }))
      .filter(({ count }) => count > 0);
  const error = () => rows.map(({ field }) => field.error()).find(Boolean) ?? null;
  return { node, input: rows[0].field.input, value, error };
}
