/**
 * Who is logged in with the old client, each with two connections: one that logged in and speaks, and one that reads.
 *
 * The one that reads proves nothing about itself. It is taken for the reader of a login that lives, came from the same
 * address a short time ago and has none yet. The account that it names only chooses among several such logins; it
 * never makes one out of nothing.
 */
import type { Account, AccountNumber } from "../../chat/types.ts";
import type { LegacyPatience } from "./legacy_patience.ts";
import type { LegacyReader } from "./legacy_reader.ts";

export interface LegacyLoginOptions {
  readonly account: Account;
  /** Where it came from. */
  readonly address: string;
  /** Closes the connection that logged in. */
  readonly hangUp: () => void;
}

export class LegacyLogin {
  readonly account: Account;
  readonly address: string;
  readonly #hangUp: () => void;
  readonly #at = performance.now();
  #reader: LegacyReader | "coming" | undefined;
  #ended = false;

  constructor({ account, address, hangUp }: LegacyLoginOptions) {
    this.account = account;
    this.address = address;
    this.#hangUp = hangUp;
  }

  get reader(): LegacyReader | undefined {
    return this.#reader === "coming" ? undefined : this.#reader;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether a reader may still be bound to it. */
  awaitsReader(patience: LegacyPatience): boolean {
    return !this.#ended && this.#reader === undefined && performance.now() - this.#at <= patience.read;
  }

  /** Whether nobody seems to be there any more: it never began to read, or owes an acknowledgement for long. */
  isGone(patience: LegacyPatience): boolean {
    if (this.#reader === undefined) return !this.awaitsReader(patience);
    return (this.reader?.owedMs ?? 0) > patience.answer;
  }

  /** Keeps the place for a reader that is on its way. */
  reserve(): void {
    this.#reader = "coming";
  }

  read(reader: LegacyReader): void {
    this.#reader = reader;
  }

  /** Leaves the room and closes both connections. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.reader?.stop();
    this.#hangUp();
  }
}

export class LegacyLogins {
  readonly #patience: LegacyPatience;
  readonly #live = new Map<AccountNumber, LegacyLogin>();

  constructor(patience: LegacyPatience) {
    this.#patience = patience;
  }

  /**
   * Lets somebody in who has proved who they are. Nothing when the account is logged in already and its peer still there;
   * that one is asked for a sign of life, so that the next try succeeds if there is none.
   */
  admit(options: LegacyLoginOptions): LegacyLogin | undefined {
    const before = this.#live.get(options.account.account);
    if (before && !before.isGone(this.#patience)) {
      before.reader?.probe();
      return undefined;
    }
    before?.end();
    const login = new LegacyLogin(options);
    this.#live.set(login.account.account, login);
    return login;
  }

  /** The login that a new reader belongs to, with the place kept for it. */
  bind(address: string, claimed: AccountNumber): LegacyLogin | undefined {
    const waiting = [...this.#live.values()]
      .filter((login) => login.address === address && login.awaitsReader(this.#patience));
    const [only, another] = waiting;
    const login = another ? waiting.find(({ account }) => account.account === claimed) : only;
    login?.reserve();
    return login;
  }

  end(login: LegacyLogin): void {
    login.end();
    if (this.#live.get(login.account.account) === login) this.#live.delete(login.account.account);
  }
}
