/** How a server and its room are entered, and again after a loss. */
import { deviceName } from "./device_name.ts";
import { Refused } from "./failure.ts";
import type { Joined, LinkOptions } from "./link_options.ts";
import type { Question } from "./wire.ts";

export function questionOf({ entrance, remember = false }: LinkOptions): Question {
  if (entrance.op === "resume") return { op: "resume", token: entrance.token };
  return { ...entrance, ...remembering(remember) };
}

/** A device that is remembered has a name. */
export const remembering = (remember: boolean) => remember ? { remember, device: deviceName() } : { remember };

/** A server that is behind what we have seen was set back to an older copy: nothing can be resumed from it. */
export const startOver = (again: () => Promise<Joined>) => (error: unknown): Promise<Joined> => {
  if (error instanceof Refused && error.code === "sequence-ahead") return again();
  throw error;
};
