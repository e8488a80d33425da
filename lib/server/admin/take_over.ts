/**
 * Taking the place of the server that runs on the same data, for an upgrade that refuses nobody.
 *
 *     new   listens on the port beside the old one: who connects waits until it accepts
 *     new → "hand-over", on the old one's admin socket
 *     old   tells everybody when to come back, stores what it took, and lets go of the database
 *     new   opens the database as soon as that is free, and accepts
 *
 * A new server that cannot even listen has asked for nothing, and the old one goes on. That no two have the database at once
 * is no matter of this order: its lock sees to it (`OpenOptions.alone`).
 */
import { AdminRefused, askServer, NoServer } from "./admin_client.ts";
import type { Log } from "../log.ts";

/** How long the old server may take to let go of the database: more than it gives itself for its whole end. */
const PATIENCE_MS = 6000;

/** Asks the server on a data folder to go. Where none runs there is nothing to ask; one that refuses makes this reject. */
export async function askToHandOver(dataDir: string, log: Log): Promise<void> {
  try {
    for await (const _ of askServer(dataDir, { command: "hand-over" })) { /* It answers by going. */ }
    log("taking-over");
  } catch (error) {
    if (error instanceof NoServer) return;
    if (!(error instanceof AdminRefused)) throw error;
    throw new Error(`Cannot take over: ${error.message} Stop the running server, and start this one.`, {
      cause: error,
    });
  }
}

/** Opens what the old server may still have, as soon as it has let go of it. */
export async function whenFree<T>(open: () => Promise<T>): Promise<T> {
  for (const since = performance.now();;) {
    try {
      return await open();
    } catch (error) {
      if (performance.now() - since > PATIENCE_MS) throw error;
    }
  }
}
