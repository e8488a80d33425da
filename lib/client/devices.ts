/** The commands for a person's devices: which there are, logging them out, and a new password, which logs out all others. */
import { checkPassword } from "../chat/account.ts";
import { UsageError } from "./failure.ts";
import type { Link } from "./link.ts";
import type { Effect, Model } from "./model.ts";
import type { Output } from "./output.ts";
import { timeOf } from "./time.ts";

export async function listDevices(link: Link, output: Output): Promise<void> {
  const { devices } = await link.ask({ op: "devices" }, "devices");
  for (const { device, name, created, used } of devices) {
    output.print({ device, name, created, used }, deviceLine({ device, name, created, used, current: false }));
  }
}

/** One of them by its number, or all. */
export async function logOut(
  link: Link,
  { device, all, output }: { readonly device: number | undefined; readonly all: boolean; readonly output: Output },
): Promise<void> {
  if (all === (device !== undefined)) throw new UsageError('Name one device by its number, or say "--all".');
  const { count } = await link.ask({ op: "revoke", ...(device === undefined ? {} : { device }) }, "revoked");
  output.print({ count }, `logged out: ${count}`);
}

export async function changePassword(
  link: Link,
  { old, fresh, output }: { readonly old: string; readonly fresh: string; readonly output: Output },
): Promise<void> {
  const legal = checkPassword(fresh);
  if (!legal.ok) throw new UsageError(`Cannot change the password: ${legal.reason}.`);
  await link.ask({ op: "password", old, new: fresh }, "password-changed");
  const { account } = link.account;
  output.print({ account }, `password of ${account} changed; all other devices are logged out`);
}

export interface ListedDevice {
  readonly device: number;
  readonly name: string;
  readonly created: number;
  readonly used: number;
  readonly current: boolean;
}

/** A device in one line. */
export function deviceLine({ device, name, created, used, current }: ListedDevice): string {
  const mark = current ? "*" : " ";
  return `${mark}${String(device).padStart(3)}  since ${timeOf(created)}, last ${timeOf(used)}  ${name}`;
}

export type DeviceEffect = Extract<Effect, { type: "devices" | "revoke" }>;

/** What somebody in the room is told who asks for their devices, or logs some out. */
export async function deviceNotes(
  effect: DeviceEffect,
  { link, model }: { readonly link: Link; readonly model: () => Model },
): Promise<readonly string[]> {
  if (effect.type === "devices") {
    const { devices } = await link.ask({ op: "devices" }, "devices");
    return devices.map(deviceLine);
  }
  const { device } = effect;
  const { count } = await link.ask({ op: "revoke", ...(device === undefined ? {} : { device }) }, "revoked");
  return [model().look.texts.revoked(count)];
}
