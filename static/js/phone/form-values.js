// The controls of a form as plain values, and their return into a form that was built anew.
const IGNORED = ["file", "password", "submit", "button"];

// A name without the counters that make it unique on the page: "storage-5" is "storage".
const nameOf = (control) => control.name.replace(/-\d+(?=-|$)/g, "");
const isCheckable = (control) => ["radio", "checkbox"].includes(control.type);
const keyOf = (control) => (isCheckable(control) ? `${nameOf(control)}=${control.value}` : nameOf(control));

const controlsOf = (form) => [...form.elements].filter((each) => each.name && !IGNORED.includes(each.type));

// Returns one pair for each control, in the form's order: its key, and its text or whether it is checked.
export const formValues = (form) =>
  controlsOf(form).map((control) => [keyOf(control), isCheckable(control) ? control.checked : control.value]);

// Fills in a form. A list of lines first gets as many lines as the values have.
export function fillForm(form, values) {
  for (const button of form.querySelectorAll("[data-adds]")) setLines(form, button, values);
  const wanted = new Map();
  for (const [key, value] of values) wanted.set(key, [...(wanted.get(key) ?? []), value]);
  for (const control of controlsOf(form)) {
    const value = wanted.get(keyOf(control))?.shift();
    if (value !== undefined) setControl(control, value);
  }
}

function setLines(form, addButton, values) {
  const name = addButton.dataset.adds;
  const lines = () => controlsOf(form).filter((each) => keyOf(each) === name).length;
  const needed = values.filter(([key]) => key === name).length;
  for (let n = lines(); n < needed; n++) addButton.click();
  for (let n = lines(); n > needed; n--) [...form.querySelectorAll(`[data-removes="${name}"]`)].at(-1)?.click();
}

function setControl(control, value) {
  const property = isCheckable(control) ? "checked" : "value";
  if (control[property] === value) return;
  control[property] = value;
  const fold = control.closest("details");
  if (fold && value) fold.open = true;
  // A radio button that was left tells nothing: the chosen one does.
  if (control.type === "radio" && !value) return;
  for (const name of ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }));
}
