/** How much room is left where the data is. */
import { statfsSync } from "node:fs";

/** Bytes below which it is time to do something. */
export const LITTLE_ROOM = 2 ** 30;

/** Bytes that anybody may still use there; nothing where that cannot be told. */
export function roomOnDisk(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
