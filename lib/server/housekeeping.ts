/**
 * What is done from time to time so that a server can run for years: posts that the operator's rule no longer keeps go, then files
 * of which no post is left, and uploads that nobody goes on with.
 *
 * It takes turns with posting: the database is never held for longer than a commit takes. A database that is away is left alone
 * until the next time.
 */
import type { Retention } from "../chat/retention.ts";
import { LOBBY } from "../chat/types.ts";
import { StoreUnavailable } from "../store/store.ts";
import { reasonOf } from "./log.ts";
import type { Services } from "./services.ts";

/** How often, in milliseconds. */
export interface Intervals {
  /** Between two looks at what a room keeps. */
  readonly trim: number;
  /** Between two looks at the folders. */
  readonly clean: number;
  /** Between two looks at the certificate's files. */
  readonly certificate: number;
}

export const INTERVALS: Intervals = { trim: 60_000, clean: 3600_000, certificate: 5000 };

/** An upload that nobody has gone on with for this long is thrown away. */
const PARTIAL_MS = 24 * 3600_000;

export class Housekeeping {
  readonly #services: Services;
  readonly #retention: () => Retention;
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  /** One thing after the other. */
  #work: Promise<void>;
  #closed = false;

  constructor(
    services: Services,
    { retention, intervals }: { readonly retention: () => Retention; readonly intervals: Intervals },
  ) {
    this.#services = services;
    this.#retention = retention;
    this.#timers = [
      setInterval(() => this.#next(() => this.#trim()), intervals.trim),
      setInterval(() => this.#next(() => this.#clean()), intervals.clean),
    ];
    this.#work = Promise.resolve();
    this.#next(() => this.#trim());
    this.#next(() => this.#clean());
  }

  /** Begins nothing more, and resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#work;
  }

  #next(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return;
      try {
        await task();
      } catch (error) {
        // That it is away has been logged.
        if (error instanceof StoreUnavailable) return;
        this.#services.log("housekeeping-failed", { reason: reasonOf(error) });
      }
    });
  }

  async #trim(): Promise<void> {
    const retention = this.#retention();
    if (Object.keys(retention).length === 0) return;
    const { store, rooms, log } = this.#services;
    const open = await rooms.get(LOBBY);
    if (!open) return;
    const { room } = open;
    let removed = 0, files = 0;
    for (let more = true; more && !this.#closed;) {
      const result = await store.trim(room.id, { ...retention, now: Date.now(), upTo: room.head });
      room.apply({ type: "trimmed", first: result.first });
      removed += result.removed;
      files += result.files;
      more = result.more;
    }
    if (removed > 0) log("posts-removed", { room: room.id, removed, first: room.first });
    if (files > 0) await this.#clean();
  }

  async #clean(): Promise<void> {
    const { blobs, store, log } = this.#services;
    for (const folder of [blobs.image, blobs.file]) {
      const expired = await folder.expire(Date.now() - PARTIAL_MS);
      if (expired > 0) log("uploads-expired", { removed: expired });
      const removed = await folder.removeUnused((sha256s) => store.usedFiles(sha256s));
      if (removed > 0) log("files-removed", { folder: folder.folder, removed });
    }
  }
}
