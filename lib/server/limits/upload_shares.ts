/**
 * How many bytes of files one person may send in a time, and have stored in all. What is under way counts as if it had been
 * stored, so that many uploads at once are not more than one after the other.
 */
import type { AccountNumber } from "../../chat/types.ts";
import { Buckets } from "./buckets.ts";
import type { Rate } from "./rate.ts";

export interface UploadShareOptions {
  /** Bytes sent. */
  readonly rate: Rate;
  /** Bytes kept. */
  readonly quota: number;
}

/** One upload's part of what its sender may send. */
export interface Share {
  /** Lets go of it; so many bytes of it have been sent. */
  end(sent: number): void;
}

export type Shared =
  | { readonly share: Share }
  | { readonly refusal: "quota-exceeded" }
  /** Milliseconds to wait. */
  | { readonly refusal: "upload-limit"; readonly wait: number };

/** The share of somebody whom no limit holds for. */
export const FREE_SHARE: Share = { end: () => {} };

export class UploadShares {
  readonly #sent: Buckets<AccountNumber>;
  #quota: number;
  readonly #underWay = new Map<AccountNumber, number>();

  constructor({ rate, quota }: UploadShareOptions) {
    this.#sent = new Buckets(rate);
    this.#quota = quota;
  }

  adjust({ rate, quota }: UploadShareOptions): void {
    this.#sent.adjust(rate);
    this.#quota = quota;
  }

  /** A share of `size` bytes, for somebody of whom `stored` bytes are kept. */
  take(account: AccountNumber, { size, stored }: { readonly size: number; readonly stored: number }): Shared {
    const before = this.#underWay.get(account) ?? 0;
    if (stored + before + size > this.#quota) return { refusal: "quota-exceeded" };
    const wait = this.#sent.take(account, size);
    if (wait > 0) return { refusal: "upload-limit", wait };
    this.#underWay.set(account, before + size);
    let ended = false;
    return {
      share: {
        end: (sent) => {
          if (ended) return;
          ended = true;
          const rest = (this.#underWay.get(account) ?? size) - size;
          if (rest > 0) this.#underWay.set(account, rest);
          else this.#underWay.delete(account);
          this.#sent.giveBack(account, size - Math.max(0, Math.min(size, sent)));
        },
      },
    };
  }
}
