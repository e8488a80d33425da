/** How the server is at this moment: looked up when somebody asks, and kept nowhere. */
import process from "node:process";
import type { Admission } from "../admission.ts";
import type { Census } from "./census.ts";
import type { Lag } from "../live_room.ts";
import type { Services } from "../services.ts";

export interface Snapshot {
  readonly census: Census;
  readonly lag: Lag;
  /** Passwords that wait to be checked. */
  readonly passwordsWaiting: number;
  /** Bytes. */
  readonly memory: { readonly resident: number; readonly heap: number };
  /** Seconds of CPU time since the start. */
  readonly cpuSeconds: number;
  /** Open file descriptors; nothing where the system or the runtime does not say. */
  readonly descriptors: number | undefined;
}

export function takeSnapshot(
  { rooms, passwords }: Pick<Services, "rooms" | "passwords">,
  admission: Pick<Admission, "census">,
): Snapshot {
  const { rss, heapUsed } = Deno.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    census: admission.census(),
    lag: rooms.lag(),
    passwordsWaiting: passwords.waiting,
    memory: { resident: rss, heap: heapUsed },
    cpuSeconds: (user + system) / 1e6,
    descriptors: countDescriptors(),
  };
}

/** Newer runtimes let only a program that may do everything look into /proc. */
function countDescriptors(): number | undefined {
  try {
    // One of them is the folder that is being read.
    return [...Deno.readDirSync("/proc/self/fd")].length - 1;
  } catch {
    return undefined;
  }
}
