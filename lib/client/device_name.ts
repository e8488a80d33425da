/** What this machine is called in the list of a person's devices, which only that person sees. */
import { cleanDeviceName } from "../chat/text.ts";

export function deviceName(): string {
  try {
    return cleanDeviceName(Deno.readTextFileSync("/etc/hostname")) || Deno.build.os;
  } catch {
    // There is no such file elsewhere, or it may not be read.
    return Deno.build.os;
  }
}
