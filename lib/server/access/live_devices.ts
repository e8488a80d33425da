/**
 * Who is logged in at this moment, and by which device: so that revoking a device ends what is open there at once.
 *
 * Logging in takes a while, in which a device may be revoked or a password changed. Whoever logs in therefore remembers how many
 * revocations there were when it began, and the door (`entry.ts`) keeps it out when there have been others since.
 */
import type { AccountNumber } from "../../chat/types.ts";

export interface LiveDevice {
  readonly account: AccountNumber;
  /** The SHA-256 of the token by which it came, or which it was given; nothing for a login without one. */
  readonly token: string | undefined;
  /** Tells it that it was revoked, and closes. */
  readonly end: () => void;
}

export class LiveDevices {
  readonly #live = new Map<AccountNumber, Set<LiveDevice>>();
  readonly #of = new WeakMap<object, LiveDevice>();
  #revocations = 0;

  /** How many revocations there were. */
  get revocations(): number {
    return this.#revocations;
  }

  /** Takes note of one until its connection is closed; `whose` is what asks for it with {@linkcode of}. */
  add(whose: object, device: LiveDevice, closed: Promise<void>): void {
    const devices = this.#live.get(device.account) ?? new Set();
    this.#live.set(device.account, devices.add(device));
    this.#of.set(whose, device);
    void closed.then(() => {
      devices.delete(device);
      if (devices.size === 0 && this.#live.get(device.account) === devices) this.#live.delete(device.account);
    });
  }

  of(whose: object): LiveDevice | undefined {
    return this.#of.get(whose);
  }

  /** Ends those of an account for which the condition holds; to be called when what let them in is gone. */
  revoke(account: AccountNumber, isRevoked: (device: LiveDevice) => boolean): void {
    this.#revocations++;
    for (const device of [...this.#live.get(account) ?? []]) if (isRevoked(device)) device.end();
  }
}
