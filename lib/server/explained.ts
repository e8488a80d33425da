/** Errors of the system in words that help whoever runs the server. */
import { reasonOf } from "./log.ts";

/** Says what could not be done and what to do about it, in place of the system's own words alone. */
export async function explained<T>(
  work: () => T | Promise<T>,
  { what, remedy }: { readonly what: string; readonly remedy: string },
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = reasonOf(error).replace(/ \(os error \d+\).*$/s, "");
    throw new Error(`Cannot ${what}: ${why}. ${remedy}.`, { cause: error });
  }
}
