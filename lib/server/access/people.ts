/**
 * Who is logged in on this server, in either dialect, so that somebody who may not stay, or whose device is logged out, can be
 * sent away from wherever they are.
 *
 * Logging in takes a while, in which a device may be revoked or a password changed. Whoever logs in therefore remembers how many
 * revocations there were when it began, and the door (`entry.ts`) keeps it out when there have been others since.
 */
import type { Account, AccountNumber } from "../../chat/types.ts";

/** Why somebody may not stay, with until when and the reason that was given. */
export interface Dismissal {
  readonly code: "kicked" | "banned";
  readonly terms: { readonly until?: number; readonly reason?: string };
}

export interface Person {
  readonly account: Account | undefined;
  readonly peer: { readonly address: string };
  /** The SHA-256 of the token by which they came, or which they were given; nothing for a login without one. */
  readonly token: string | undefined;
  /** Tells them, and hangs up. */
  dismiss(why: Dismissal): void;
  /** Tells them that their device was logged out, and hangs up. */
  logOut(): void;
}

export class People {
  readonly #here = new Set<Person>();
  #revocations = 0;

  /** How many revocations there were. */
  get revocations(): number {
    return this.#revocations;
  }

  add(person: Person): void {
    this.#here.add(person);
  }

  remove(person: Person): void {
    this.#here.delete(person);
  }

  /** Sends away those for whom it holds. */
  dismiss(why: Dismissal, where: (account: Account, address: string) => boolean): void {
    for (const person of this.#here) {
      if (person.account && where(person.account, person.peer.address)) person.dismiss(why);
    }
  }

  /** Logs out those of an account for whom it holds; to be called when what let them in is gone. */
  revoke(account: AccountNumber, isRevoked: (person: Person) => boolean): void {
    this.#revocations++;
    for (const person of this.#here) {
      if (person.account?.account === account && isRevoked(person)) person.logOut();
    }
  }
}
