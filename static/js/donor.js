// The donor's pages work without this file; it spares her some taps.
import { keepForm } from "./donor/keep-form.js";
import { offerPush } from "./donor/push.js";
import { addSteps } from "./donor/stepper.js";
import { addWindows } from "./donor/windows.js";
import { sendOnce } from "./donor/send-once.js";
import { keepWorker } from "./donor/worker.js";

keepForm();
addSteps();
addWindows();
sendOnce();
offerPush();
keepWorker();
document.querySelector("[data-wrong]")?.focus();
