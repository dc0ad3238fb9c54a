// A clock that is set while the app is open: the wall clock against the steady one of the browser.
import { transaction } from "./store.js";

const EVERY_MS = 5000;
const JUMP_MS = 2 * 60_000;

const read = () => ({ wall: Date.now(), steady: performance.now() });

let last = read();
// The steady clock stands still while a phone sleeps, and no phone sleeps with its page in view.
let wasHidden = false;

export function watchJumps() {
  document.addEventListener("visibilitychange", () => {
    wasHidden ||= document.hidden;
    if (!document.hidden) noticeJump();
  });
  setInterval(noticeJump, EVERY_MS);
}

// Stores a jump since the last look. In view it is certain, and the offset follows it at once.
export async function noticeJump() {
  const [before, after, hidden] = [last, read(), wasHidden];
  last = after;
  if (!document.hidden) wasHidden = false;
  const by = Math.round(after.wall - before.wall - (after.steady - before.steady));
  if (Math.abs(by) <= JUMP_MS) return;
  await transaction(async (tx) => {
    const meta = tx.objectStore("meta");
    const clock = await meta.get("clock");
    if (clock) await meta.put({ ...clock, ...afterJump(clock, by, hidden), at: after.wall }, "clock");
  });
  document.dispatchEvent(new CustomEvent("phone:changed"));
}

/**
 * The offset after a jump. After a pause out of view, a clock that is ahead was set or the phone
 * slept: the offset stays, and the next exchange decides. One that is behind was set in any case.
 */
function afterJump({ offset }, by, hidden) {
  if (!hidden) return { offset: offset === null ? null : offset - by, state: "moved" };
  return by > 0 ? { state: "unsure" } : { offset: null, state: "unknown" };
}
