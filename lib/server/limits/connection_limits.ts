/** How many connections there may be, from one address and in all, and how fast new ones may come from one address. */
import { Buckets } from "./buckets.ts";
import type { Peer } from "./peer.ts";
import type { Rate } from "./rate.ts";

export interface ConnectionLimitOptions {
  /** In all. */
  readonly most: number;
  /** From one address; Infinity for no limit. */
  readonly perAddress: number;
  /** New ones from one address. */
  readonly rate: Rate;
}

export class ConnectionLimits {
  #options: ConnectionLimitOptions;
  readonly #open = new Map<string, number>();
  readonly #fresh: Buckets;

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
    this.#fresh = new Buckets(options.rate);
  }

  /** Those that are there stay, also where they are too many now. */
  adjust(options: ConnectionLimitOptions): void {
    this.#options = options;
    this.#fresh.adjust(options.rate);
  }

  /** Connections there may be in all. */
  get most(): number {
    return this.#options.most;
  }

  /** Counts a connection, to be released when it has ended; or the milliseconds after which another may be tried. */
  take({ network, exempt }: Peer): { readonly wait: number } | { readonly wait: 0; readonly release: () => void } {
    if (exempt) return { wait: 0, release: () => {} };
    const count = this.#open.get(network) ?? 0;
    if (count >= this.#options.perAddress) return { wait: FULL_WAIT_MS };
    const wait = this.#fresh.take(network);
    if (wait > 0) return { wait };
    this.#open.set(network, count + 1);
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      const left = (this.#open.get(network) ?? 1) - 1;
      if (left > 0) this.#open.set(network, left);
      else this.#open.delete(network);
    };
    return { wait: 0, release };
  }
}

/** When to try again where there are too many: nobody knows when one of them ends. */
const FULL_WAIT_MS = 10_000;
