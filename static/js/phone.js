// The collector's phone: shows the round, keeps what is said, sends it when it can.
import { start } from "./phone/app.js";

start();
