/**
 * Group commit: what is posted while one transaction is under way goes into the next one together.
 *
 * A post is published and acknowledged only after its transaction has committed. The store gives the numbers. When the
 * outcome of an earlier commit was never heard (the database went away between the commit and its answer), the store may be
 * ahead of the room: those posts are fetched and published first, so the room's numbers have no gap. A store that is behind
 * the room has been replaced by an older copy: then the room as everybody knows it is no more.
 *
 * Whether something may be said or done is decided in the same turn in which its transaction begins, against all that was
 * committed before. An act ends its batch, and what was done while nobody heard of it is fetched first: so what comes behind an
 * act always meets what follows from it.
 */
import type { Draft, Post } from "../chat/types.ts";
import { utf8Length } from "../chat/text.ts";
import type { Refusal } from "../chat/permission.ts";
import type { AppendResult, Store } from "../store/store.ts";
import type { LiveRoom } from "./live_room.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** The most that one transaction takes. */
const MAX_BATCH_POSTS = 1000;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const FETCH_POSTS = 500;

/** What became of a draft. */
export type JournalResult = AppendResult | { readonly status: "refused"; readonly refusal: Refusal };
/** The same, or what the store failed with: then it may have been stored or not. */
export type JournalOutcome = JournalResult | { readonly status: "failed"; readonly error: unknown };

interface Waiting {
  readonly draft: Draft;
  /** When it came; monotonic milliseconds. */
  readonly since: number;
  readonly settle: (outcome: JournalOutcome) => void;
}

export interface JournalOptions {
  readonly metrics: Metrics;
  /** Called when the store turns out to be behind the room, as an older copy of it is. */
  readonly setBack: () => void;
}

export class Journal {
  readonly #store: Store;
  readonly #room: LiveRoom;
  readonly #metrics: Metrics;
  readonly #setBack: () => void;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Something may have been stored of which the room has not heard. */
  #isUncertain = false;

  constructor(store: Store, room: LiveRoom, { metrics, setBack }: JournalOptions) {
    this.#store = store;
    this.#room = room;
    this.#metrics = metrics;
    this.#setBack = setBack;
  }

  /** Stores and publishes a post. `settle` is called once it is durable, and must not throw: others wait behind it. */
  add(draft: Draft, settle: (outcome: JournalOutcome) => void): void {
    this.#waiting.push({ draft, since: performance.now(), settle });
    this.#running ??= this.#run();
  }

  /** Stores and publishes a post. Resolves once it is durable; rejects with what the store rejects with. */
  submit(draft: Draft): Promise<JournalResult> {
    return new Promise((resolve, reject) =>
      this.add(draft, (outcome) => outcome.status === "failed" ? reject(outcome.error) : resolve(outcome))
    );
  }

  /** Resolves when everything submitted has been dealt with. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Lets this turn of the event loop bring what it has, so that it shares the first transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): Waiting[] {
    let count = 0, bytes = 0;
    for (const { draft } of this.#waiting) {
      bytes += draft.type === "post" ? utf8Length(draft.text) : 0;
      if (count > 0 && (count === MAX_BATCH_POSTS || bytes > MAX_BATCH_BYTES)) break;
      count++;
      if (draft.type === "act") break;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      if (this.#isUncertain) await this.#publish([], { last: await this.#store.head(this.#room.id), since: [] });
      this.#isUncertain = false;
    } catch (error) {
      return this.#fail(batch, error);
    }
    const at = Date.now();
    const { allowed, refused } = this.#judge(batch, at);
    if (allowed.length > 0) await this.#append(allowed, at);
    for (const { waiting, refusal } of refused) await this.#refuse(waiting, refusal);
  }

  /** Something may have been stored all the same. */
  #fail(batch: readonly Waiting[], error: unknown): void {
    this.#isUncertain = true;
    for (const { settle } of batch) settle({ status: "failed", error });
  }

  #count(results: readonly AppendResult[], ms: number): void {
    this.#metrics.batchPosts.note(results.length);
    this.#metrics.commitSeconds.note(ms / 1000);
    for (const result of results) {
      if (result.status === "stored" && result.post.type !== "removed") this.#metrics.posts[result.post.type]++;
      else if (result.status === "duplicate") this.#metrics.repeated++;
    }
  }

  #judge(batch: readonly Waiting[], at: number) {
    const speaking = new Set<number>();
    const allowed: Waiting[] = [];
    const refused: { readonly waiting: Waiting; readonly refusal: Refusal }[] = [];
    for (const waiting of batch) {
      const { draft } = waiting;
      const refusal = this.#room.refusal(draft, { at, speaking });
      if (refusal) refused.push({ waiting, refusal });
      else allowed.push(waiting);
      if (!refusal && draft.type !== "act") speaking.add(draft.from.account);
    }
    return { allowed, refused };
  }

  /** What was stored before it was forbidden is stored all the same: its sender only asks again. */
  async #refuse(waiting: Waiting, refusal: Refusal): Promise<void> {
    const { draft, settle } = waiting;
    let found: Awaited<ReturnType<Store["post"]>>;
    try {
      found = await this.#store.post(draft.id);
    } catch (error) {
      return this.#fail([waiting], error);
    }
    if (found?.room === this.#room.id && found.post.from.account === draft.from.account) {
      settle({ status: "duplicate", post: found.post });
    } else settle({ status: "refused", refusal });
  }

  async #append(batch: readonly Waiting[], at: number): Promise<void> {
    let results: readonly AppendResult[];
    try {
      const began = performance.now();
      results = await this.#store.append(this.#room.id, batch.map(({ draft }) => draft), at);
      this.#count(results, performance.now() - began);
      await this.#publishAll(batch, results);
    } catch (error) {
      return this.#fail(batch, error);
    }
    for (const [index, { settle, draft }] of batch.entries()) {
      const missing = () => new Error(`Cannot acknowledge post ${draft.id}: the store did not answer for it`);
      settle(results[index] ?? { status: "failed", error: missing() });
    }
  }

  async #publishAll(batch: readonly Waiting[], results: readonly AppendResult[]): Promise<void> {
    const stored: Post[] = [];
    const since: number[] = [];
    let last = 0;
    for (const [index, result] of results.entries()) {
      if (result.status === "conflict") continue;
      last = Math.max(last, result.post.seq);
      if (result.status === "duplicate") continue;
      stored.push(result.post);
      since.push(batch[index]?.since ?? NaN);
    }
    const [first] = stored;
    if (first && first.seq <= this.#room.head) this.#setBack();
    else await this.#publish(stored, { last, since });
  }

  /** Publishes what the store has up to `last`: the posts at hand, and before them any whose commit was never heard of. */
  async #publish(
    stored: readonly Post[],
    { last, since }: { readonly last: number; readonly since: readonly number[] },
  ): Promise<void> {
    const first = stored[0]?.seq ?? last + 1;
    while (this.#room.head < first - 1) {
      const range = { after: this.#room.head, limit: Math.min(FETCH_POSTS, first - 1 - this.#room.head) };
      const missed = await this.#store.posts(this.#room.id, range);
      if (missed.length === 0) throw new Error(`Cannot publish: the store has nothing after ${this.#room.head}`);
      this.#room.apply({ type: "stored", posts: missed });
    }
    if (stored.length > 0) this.#room.apply({ type: "stored", posts: stored }, since);
  }
}
