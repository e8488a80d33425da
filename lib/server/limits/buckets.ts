/**
 * Token buckets, one for each person or address: full at first, emptied by what is done, filled again at the rate.
 *
 * Once a bucket has refused it stays shut for as long as it said, so that nothing that was asked later overtakes what was
 * put off. Something larger than a whole bucket takes a full one and leaves it in debt. Nobody is remembered whose bucket
 * is full again; and of those who are, no more than a fixed number, whatever comes.
 */
import type { Rate } from "./rate.ts";

/** What one shut bucket asks its peer to wait at least: to ask again for a single token is no use to anybody. */
const LEAST_WAIT_MS = 1000;
/** Buckets of one kind that are remembered, some 100 bytes each. */
const MAX_BUCKETS = 100_000;

interface Bucket {
  tokens: number;
  /** When that was so, in milliseconds of any clock that only goes forward. */
  at: number;
  shutUntil: number;
}

export class Buckets<Key extends string | number = string> {
  #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<Key, Bucket>();

  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Another rate begins with full buckets: one that is shut under the old one is not to stay so. */
  adjust(rate: Rate): void {
    if (rate.amount === this.#rate.amount && rate.periodMs === this.#rate.periodMs) return;
    this.#rate = rate;
    this.#buckets.clear();
  }

  /** Takes so much; 0 when that was possible, else the milliseconds to wait, and nothing was taken. */
  take(key: Key, cost = 1): number {
    const wait = this.wait(key, cost);
    if (wait === 0 && this.#rate.amount < Infinity) this.#filled(key).tokens -= cost;
    return wait;
  }

  /** What {@linkcode take} would answer. */
  wait(key: Key, cost = 1): number {
    const { amount, periodMs } = this.#rate;
    if (amount === Infinity) return 0;
    const bucket = this.#filled(key);
    const now = this.#now();
    if (now < bucket.shutUntil) return Math.ceil(bucket.shutUntil - now);
    const missing = Math.min(cost, amount) - bucket.tokens;
    if (missing <= 0) return 0;
    const wait = Math.max(LEAST_WAIT_MS, missing * periodMs / amount);
    bucket.shutUntil = now + wait;
    return Math.ceil(wait);
  }

  /** Gives back what was taken and not used. */
  giveBack(key: Key, cost = 1): void {
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.tokens = Math.min(this.#rate.amount, bucket.tokens + cost);
  }

  #filled(key: Key): Bucket {
    const { amount, periodMs } = this.#rate;
    const now = this.#now();
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= MAX_BUCKETS) this.#forget();
      bucket = { tokens: amount, at: now, shutUntil: 0 };
      this.#buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(amount, bucket.tokens + (now - bucket.at) * amount / periodMs);
    bucket.at = now;
    return bucket;
  }

  /** Forgets those that are full; when there are none, the oldest tenth. */
  #forget(): void {
    const { amount, periodMs } = this.#rate;
    const now = this.#now();
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) * amount / periodMs >= amount) this.#buckets.delete(key);
    }
    let excess = this.#buckets.size - MAX_BUCKETS * 0.9;
    for (const key of this.#buckets.keys()) {
      if (excess-- <= 0) break;
      this.#buckets.delete(key);
    }
  }
}
