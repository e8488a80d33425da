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
    // This turn of the event loop brings what it has first, so that it shares the transaction.
    this.#running ??= Promise.resolve().then(() => this.#goOn());
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

  /** Begins the next transaction, if there is anything to store; none may be under way. */
  #goOn(): void {
    this.#running = this.#waiting.length > 0 ? this.#commit(this.#takeBatch()) : undefined;
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
    const outcomes = new Map<Waiting, JournalOutcome>();
    try {
      if (this.#isUncertain) await this.#fetchUpTo(await this.#store.head(this.#room.id));
      this.#isUncertain = false;
      const at = Date.now();
      const { allowed, refused } = this.#judge(batch, at);
      const refusing = refused.map(async ({ waiting, refusal }) => {
        outcomes.set(waiting, await this.#refusal(waiting.draft, refusal));
      });
      const [results] = await Promise.all([this.#append(allowed, at), ...refusing]);
      const { posts, since, last } = this.#stored(allowed, { results, outcomes });
      const before = (posts[0]?.seq ?? last + 1) - 1;
      // Those whose commit was never heard of.
      if (before > this.#room.head) await this.#fetchUpTo(before);
      if (before < this.#room.head && posts.length > 0) this.#setBack();
      else if (posts.length > 0) this.#room.apply({ type: "stored", posts }, since);
    } catch (error) {
      // Nothing may end in the turn in which it began: what is set as running then would never be taken back.
      await undefined;
      // Something may have been stored all the same.
      this.#isUncertain = true;
      for (const waiting of batch) outcomes.set(waiting, { status: "failed", error });
    }
    // In the same turn, so that the disk works while this batch is told to everybody.
    this.#goOn();
    for (const waiting of batch) waiting.settle(outcomes.get(waiting) ?? unanswered(waiting.draft));
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

  /** What was stored before it was forbidden is stored all the same: its sender only asks again. Never rejects. */
  async #refusal(draft: Draft, refusal: Refusal): Promise<JournalOutcome> {
    let found: Awaited<ReturnType<Store["post"]>>;
    try {
      found = await this.#store.post(draft.id);
    } catch (error) {
      // Nobody else is to suffer from it.
      return { status: "failed", error };
    }
    return found?.room === this.#room.id && found.post.from.account === draft.from.account
      ? { status: "duplicate", post: found.post }
      : { status: "refused", refusal };
  }

  async #append(batch: readonly Waiting[], at: number): Promise<readonly AppendResult[]> {
    if (batch.length === 0) return [];
    const began = performance.now();
    const results = await this.#store.append(this.#room.id, batch.map(({ draft }) => draft), at);
    this.#count(results, performance.now() - began);
    return results;
  }

  /** What a batch became: the posts that are new, when each of them came, and the last number of all. */
  #stored(
    batch: readonly Waiting[],
    { results, outcomes }: {
      readonly results: readonly AppendResult[];
      readonly outcomes: Map<Waiting, JournalOutcome>;
    },
  ) {
    const posts: Post[] = [];
    const since: number[] = [];
    let last = this.#room.head;
    for (const [index, waiting] of batch.entries()) {
      const result = results[index];
      if (!result) continue;
      outcomes.set(waiting, result);
      if (result.status === "conflict") continue;
      last = Math.max(last, result.post.seq);
      if (result.status === "duplicate") continue;
      posts.push(result.post);
      since.push(waiting.since);
    }
    return { posts, since, last };
  }

  /** Publishes what the store has up to a number, and the room has not heard of. */
  async #fetchUpTo(last: number): Promise<void> {
    while (this.#room.head < last) {
      const range = { after: this.#room.head, limit: Math.min(FETCH_POSTS, last - this.#room.head) };
      const missed = await this.#store.posts(this.#room.id, range);
      if (missed.length === 0) throw new Error(`Cannot publish: the store has nothing after ${this.#room.head}`);
      this.#room.apply({ type: "stored", posts: missed });
    }
  }
}

const unanswered = ({ id }: Draft): JournalOutcome => ({
  status: "failed",
  error: new Error(`Cannot acknowledge post ${id}: the store did not answer for it`),
});
