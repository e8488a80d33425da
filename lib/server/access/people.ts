/** Who is logged in on this server, in either dialect, so that somebody who may not stay can be sent away from wherever they are. */
import type { Account } from "../../chat/types.ts";

/** Why somebody may not stay, with until when and the reason that was given. */
export interface Dismissal {
  readonly code: "kicked" | "banned";
  readonly terms: { readonly until?: number; readonly reason?: string };
}

export interface Person {
  readonly account: Account | undefined;
  readonly peer: { readonly address: string };
  /** Tells them, and hangs up. */
  dismiss(why: Dismissal): void;
}

export class People {
  readonly #here = new Set<Person>();

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
}
