// Comforts of the donor's pages, which work without this file.
import { keepForm } from "./donor/keep-form.js";
import { offerPush } from "./donor/push.js";
import { sendOnce } from "./donor/send-once.js";
import { addSteps } from "./donor/stepper.js";
import { addWindows } from "./donor/windows.js";
import { keepWorker } from "./donor/worker.js";

keepForm();
addSteps();
addWindows();
sendOnce();
offerPush();
keepWorker();
document.querySelector("[data-wrong]")?.focus();
