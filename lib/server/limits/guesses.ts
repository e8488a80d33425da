/**
 * Guessing passwords is made slow, and nobody is locked out by somebody else's guessing.
 *
 *     an account from one address   a few tries are free, then each wrong one doubles the wait
 *     one address                   so many wrong ones for whatever accounts
 *     one account                   so many wrong ones from all the addresses at which it has not logged in lately
 *
 * Where somebody has proved who they are, their address is known for that account, and only the first of these holds
 * there. Tokens are not guessed, so logging in by one is never put off. An account that does not exist is treated like any
 * other. All of this is forgotten with the process.
 */
import { Buckets } from "./buckets.ts";
import type { Rate } from "./rate.ts";

export interface GuessLimits {
  /** Wrong passwords from one address. */
  readonly address: Rate;
  /** Wrong passwords for one account from addresses that it is not known at. */
  readonly account: Rate;
  /** The longest wait between two tries at one account from one address, in milliseconds; 0 for none at all. */
  readonly delay: number;
}

/** Wrong passwords for one account from one address that cost no wait. */
const FREE = 3;
const FIRST_DELAY_MS = 1000;
/** Passwords for one account from one address that are checked at once, and how soon to ask again beyond that. */
const MAX_PENDING = 8;
const PENDING_MS = 1000;
/** Addresses remembered of one account, and pairs of account and address that are remembered at all. */
const MAX_KNOWN = 8;
const MAX_PAIRS = 100_000;

interface Pair {
  wrong: number;
  pending: number;
  notBefore: number;
  at: number;
}

/** A try that may be made; to be ended, whatever comes of it. */
export interface Try {
  readonly wait: 0;
  /** Nothing when it could not be found out. */
  readonly end: (right: boolean | undefined) => void;
}

export class Guesses {
  #limits: GuessLimits;
  readonly #now: () => number;
  readonly #byAddress: Buckets;
  readonly #byAccount: Buckets<number>;
  readonly #pairs = new Map<string, Pair>();
  readonly #known = new Map<number, Set<string>>();

  constructor(limits: GuessLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#byAddress = new Buckets(limits.address, now);
    this.#byAccount = new Buckets(limits.account, now);
  }

  adjust(limits: GuessLimits): void {
    this.#limits = limits;
    this.#byAddress.adjust(limits.address);
    this.#byAccount.adjust(limits.account);
  }

  /** Begins a try at an account from a network, or says how many milliseconds it has to wait. */
  begin(account: number, network: string): Try | { readonly wait: number; readonly end?: undefined } {
    const pair = this.#pair(account, network);
    const ownWait = Math.ceil(pair.notBefore - this.#now());
    if (ownWait > 0) return { wait: ownWait };
    if (pair.pending >= MAX_PENDING) return { wait: PENDING_MS };
    const isKnown = this.#known.get(account)?.has(network) ?? false;
    if (!isKnown) {
      // Taken now, so that many tries at once from many addresses are not more than one after the other.
      const wait = this.#byAddress.wait(network) || this.#byAccount.take(account);
      if (wait > 0) return { wait };
    }
    pair.pending++;
    const end = (right: boolean | undefined) => {
      pair.pending--;
      if (right !== false && !isKnown) this.#byAccount.giveBack(account);
      if (right) this.know(account, network);
      if (right === false) this.#wrong(pair, network);
    };
    return { wait: 0, end };
  }

  /** Somebody has proved there who they are. */
  know(account: number, network: string): void {
    this.#pairs.delete(keyOf(account, network));
    const known = this.#known.get(account) ?? new Set();
    this.#known.set(account, known);
    known.delete(network);
    known.add(network);
    for (const oldest of known) if (known.size > MAX_KNOWN) known.delete(oldest);
  }

  #wrong(pair: Pair, network: string): void {
    const { delay } = this.#limits;
    this.#byAddress.take(network);
    pair.wrong++;
    pair.at = this.#now();
    if (pair.wrong > FREE) pair.notBefore = pair.at + Math.min(delay, FIRST_DELAY_MS * 2 ** (pair.wrong - FREE - 1));
  }

  #pair(account: number, network: string): Pair {
    const key = keyOf(account, network);
    const known = this.#pairs.get(key);
    if (known && (known.pending > 0 || !this.#isOver(known))) return known;
    if (this.#pairs.size >= MAX_PAIRS) this.#forget();
    const pair = { wrong: 0, pending: 0, notBefore: 0, at: this.#now() };
    this.#pairs.set(key, pair);
    return pair;
  }

  /** Whether it was so long ago that it does not count any more. */
  #isOver({ at }: Pair): boolean {
    return this.#now() - at > 4 * this.#limits.delay;
  }

  #forget(): void {
    for (const [key, pair] of this.#pairs) if (this.#isOver(pair)) this.#pairs.delete(key);
    let excess = this.#pairs.size - MAX_PAIRS * 0.9;
    for (const key of this.#pairs.keys()) {
      if (excess-- <= 0) break;
      this.#pairs.delete(key);
    }
  }
}

const keyOf = (account: number, network: string): string => `${account}@${network}`;
