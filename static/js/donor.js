// The donor's pages work without this file; it spares her some taps.
import { addSteps } from "./donor/stepper.js";
import { addWindows } from "./donor/windows.js";
import { sendOnce } from "./donor/send-once.js";

addSteps();
addWindows();
sendOnce();
document.querySelector("[data-wrong]")?.focus();
