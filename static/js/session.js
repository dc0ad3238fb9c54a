// The page behind a sign-in link.
import { submitAtOnce } from "./behaviours/submit-at-once.js";

submitAtOnce();
