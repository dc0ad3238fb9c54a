// The collector's phone: the round, its records on the phone, their way to the bank.
import { start } from "./phone/app.js";

start();
