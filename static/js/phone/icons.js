// Line icons of the phone; an icon always stands beside its word.
const SVG = "http://www.w3.org/2000/svg";
const LINES = {
  back: "M15 5l-7 7 7 7",
  blood: "M12 3s6 7 6 11a6 6 0 0 1-12 0c0-4 6-11 6-11z",
  bottle: "M10 2h4v4l2 3v11a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2V9l2-3zM8 13h8",
  box: "M3 8l9-5 9 5v8l-9 5-9-5zM3 8l9 5 9-5M12 13v8",
  camera: "M3 8h5l2-3h4l2 3h5v12H3zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7",
  check: "M4 12.5l5.5 5.5L20 6.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2.5",
  cross: "M6 6l12 12M18 6L6 18",
  empty: "M10 2h4v4l2 3v11a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2V9l2-3z",
  file: "M6 2h8l5 5v15H6zM14 2v5h5",
  flag: "M5 22V4h14l-3 4 3 4H5",
  hand: "M3 12h13M10 6l6 6-6 6M21 4v16",
  here: "M12 22s-7-6.5-7-12a7 7 0 0 1 14 0c0 5.5-7 12-7 12zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  later: "M20 12a8 8 0 1 1-3-6.2M20 3v5h-5M12 8v4.5l3 2",
  lock: "M6 11h12v10H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
  map: "M9 4L3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14",
  minus: "M5 12h14",
  moved: "M7 20V4M3 8l4-4 4 4M17 4v16M13 16l4 4 4-4",
  navigate: "M12 2.5l7.5 19L12 17l-7.5 4.5z",
  person: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-5 4-7 8-7s8 2 8 7",
  phone: "M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v4a2 2 0 0 1-2 2C10.5 21 3 13.5 3 5a2 2 0 0 1 2-2z",
  plus: "M12 5v14M5 12h14",
  send: "M12 20V4M5 11l7-7 7 7",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.300 17.300L19 19M5 19l1.7-1.7M17.300 6.7L19 5",
  tell: "M4 4h16v12H10l-6 5z",
  thermometer: "M9.5 14V5a2.5 2.5 0 0 1 5 0v9a4.5 4.5 0 1 1-5 0zM12 9v8",
  todo: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-4",
  warn: "M12 3l10 18H2zM12 10v5M12 18v.1",
};

export const icon = (name) =>
  svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: LINES[name] }));

export function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
