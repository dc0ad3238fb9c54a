// Independent attempts: a refusal by the bank does not hold up the attempts after it.
import { RequestFailed } from "./api.js";

// Calls `work` for each item and throws the first refusal at the end; without a network, at once.
export async function attemptEach(items, work) {
  let refusal = null;
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.status === 0) throw error;
      refusal ??= error;
    }
  }
  if (refusal) throw refusal;
}
