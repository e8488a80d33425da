/** Waiting where a peer cannot be told to come back later: nothing is read from it meanwhile. */
import { within } from "../../net/within.ts";

/** Waits as long as `wait` says, and again until it says 0; no longer when there is nobody to wait for any more. */
export async function untilFree(wait: () => number, closed: Promise<void>): Promise<void> {
  let isClosed = false;
  void closed.then(() => isClosed = true);
  for (let ms = wait(); ms > 0 && !isClosed; ms = wait()) await within(closed, ms);
}
