/** What was said before: asked of the server where there is one, and of this machine's memory where there is not. */
import { LOBBY, type Post } from "../chat/types.ts";
import { MAX_FOUND_EVENTS } from "../protocol/limits.ts";
import { PAGE } from "./arrivals.ts";
import type { Cache } from "./cache.ts";
import type { Link } from "./link.ts";

/** A search goes on by itself until so many are found. */
const ENOUGH_FOUND = 30;
/** Whoever asks is looking at the screen: a refusal says more than waiting. */
const AT_ONCE = { patienceMs: 0 } as const;

export interface Range {
  readonly before?: number | undefined;
  readonly after?: number;
  readonly limit: number;
}

export interface Found {
  /** Oldest first. */
  readonly posts: readonly Post[];
  /** Where to look on. */
  readonly before?: number;
  readonly local?: boolean;
}

export interface PastOptions {
  readonly link: Link;
  readonly cache: Cache | undefined;
  readonly online: () => boolean;
}

export class Past {
  readonly #options: PastOptions;

  constructor(options: PastOptions) {
    this.#options = options;
  }

  /** Posts of one run. Undefined when offline nothing is kept there. */
  async page(range: Range): Promise<readonly Post[] | undefined> {
    const { cache, online } = this.#options;
    if (online()) return await this.#history(range);
    const { before, after, limit } = range;
    const kept = after === undefined ? cache?.before(before, limit) : cache?.after(after, limit);
    return kept && kept.length > 0 ? kept : undefined;
  }

  /** The posts around a number, or the last ones. */
  async around(seq: number | undefined): Promise<readonly Post[]> {
    const { cache, online } = this.#options;
    const half = PAGE / 2;
    if (online()) return await this.#history({ before: seq === undefined ? undefined : seq + half, limit: PAGE });
    if (seq === undefined) return cache?.before(undefined, PAGE) ?? [];
    return [...cache?.before(seq + 1, half) ?? [], ...cache?.after(seq, half) ?? []];
  }

  /** All that was found so far, after each step, until it is enough or nobody wants it any more. */
  async *search(
    text: string,
    { before: from, wanted }: { readonly before: number | undefined; readonly wanted: () => boolean },
  ): AsyncGenerator<Found> {
    const { link, cache, online } = this.#options;
    if (!online()) {
      yield { posts: cache?.search(text, { before: from, limit: MAX_FOUND_EVENTS }) ?? [], local: true };
      return;
    }
    let posts: readonly Post[] = [];
    for (let before = from;;) {
      const rest = before === undefined ? {} : { before };
      const found = await link.ask({ op: "search", room: LOBBY, text, ...rest }, "found", AT_ONCE);
      posts = [...found.events, ...posts];
      before = found.before;
      yield { posts, ...(before === undefined ? {} : { before }) };
      if (before === undefined || posts.length >= ENOUGH_FOUND || !wanted()) return;
    }
  }

  async #history({ before, after, limit }: Range): Promise<readonly Post[]> {
    const { link, cache } = this.#options;
    const range = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
    const asked = { op: "history", room: LOBBY, limit: Math.min(limit, link.limits.page), ...range } as const;
    const { events } = await link.ask(asked, "page", AT_ONCE);
    cache?.add(events);
    return events;
  }
}
