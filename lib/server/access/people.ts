/** Who is logged in on this server, in either dialect, so that somebody who may not stay can be sent away from wherever they are. */
import type { Account } from "../../chat/types.ts";

export interface Person {
  readonly account: Account | undefined;
  readonly peer: { readonly address: string };
  /** Tells them, and hangs up. */
  dismiss(why: "kicked" | "banned"): void;
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
  dismiss(why: "kicked" | "banned", where: (account: Account, address: string) => boolean): void {
    for (const person of this.#here) {
      if (person.account && where(person.account, person.peer.address)) person.dismiss(why);
    }
  }
}
