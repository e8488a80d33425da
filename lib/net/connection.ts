/**
 * One connection: a socket, the frame decoder on its way in, and three sources of bytes on its way out.
 *
 * Outgoing, in order of precedence: *replies* (acknowledgements, errors, pages), then, taking turns, the *feed* (the log
 * that all members of a room share, of which this connection is a reader) and *bulk* (file chunks and backlog). At most one write is under way,
 * and it carries everything that its source has, so that a burst of messages costs one system call.
 *
 * Incoming, the socket is read no faster than its frames are dealt with: the handler's promise is awaited before the next
 * frame, and a peer that asks but does not read its answers is not listened to until it does.
 */
import { joinBytes } from "../protocol/bytes.ts";
import type { FrameDecoder, NeedMore } from "../protocol/frame.ts";

/** A socket, as far as anybody here needs it: TCP and TLS alike. */
export type Socket = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/** Where a connection gets shared bytes from. */
export interface Feed {
  /** The next bytes to write, or nothing for now: call {@linkcode Connection.wake} when there is more. */
  take(): Uint8Array | undefined;
}

/** What makes something of the bytes that come; after a `lost` nothing more is read. */
export interface Decoder {
  /** Where the next bytes are to be written; what was handed out before ends here. */
  space(): Uint8Array;
  filled(length: number): void;
  next(): { readonly type: string } | NeedMore;
}

/** What a decoder hands out, bytes in it being valid until the handler's promise resolves. */
export type IncomingOf<D extends Decoder> = Exclude<ReturnType<D["next"]>, NeedMore>;

/** What a connection of the modern dialect hands to its owner. */
export type Incoming = IncomingOf<FrameDecoder>;

export interface ConnectionOptions<D extends Decoder = FrameDecoder> {
  readonly decoder: D;
  /** Bytes of replies above which the peer is not read from. */
  readonly replyLimit?: number;
  /** Where the bytes that come and go are added up. */
  readonly traffic?: Traffic;
}

/** Bytes of all connections that share it. */
export interface Traffic {
  received: number;
  sent: number;
}

const DEFAULT_REPLY_LIMIT = 1024 * 1024;
/** Replies joined into one write; a larger single one goes out as it is. */
const MAX_JOINED_REPLIES = 64 * 1024;

interface Bulk {
  readonly bytes: Uint8Array;
  readonly written: (written: boolean) => void;
}

export class Connection<D extends Decoder = FrameDecoder> {
  /** What comes goes through it. */
  readonly decoder: D;
  readonly #socket: Socket;
  readonly #replyLimit: number;
  readonly #traffic: Traffic;
  #replies: Uint8Array[] = [];
  #replyBytes = 0;
  #feed: Feed | undefined;
  #bulk: Bulk[] = [];
  #bulkFirst = false;
  #unwritten: Uint8Array | undefined;
  #currentBulk: Bulk | undefined;
  #writing = false;
  #wakeQueued = false;
  #state: "open" | "ending" | "closed" = "open";
  /** Since when we have been listening, or been waiting for the peer to take what we write; monotonic milliseconds. */
  #listeningSince: number | undefined;
  #writingSince = 0;
  readonly #openedAt = performance.now();
  /** Since when a frame that has not come to its end has been coming. */
  #frameSince: number | undefined;
  /** Only when somebody waits for it: most connections are idle most of the time, and there are many. */
  #closed: PromiseWithResolvers<void> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(socket: Socket, options: ConnectionOptions<D>) {
    this.#socket = socket;
    this.decoder = options.decoder;
    this.#replyLimit = options.replyLimit ?? DEFAULT_REPLY_LIMIT;
    this.#traffic = options.traffic ?? { received: 0, sent: 0 };
  }

  /** Resolves when the socket is closed, whoever closed it. */
  get closed(): Promise<void> {
    if (this.#state === "closed") return Promise.resolve();
    return (this.#closed ??= Promise.withResolvers()).promise;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** For how many milliseconds we have listened and heard nothing. A peer that we do not listen to is not silent. */
  get silentMs(): number {
    return this.#listeningSince === undefined ? 0 : performance.now() - this.#listeningSince;
  }

  /** For how many milliseconds the peer has taken nothing of what is being written to it. */
  get stuckMs(): number {
    return this.#writing ? performance.now() - this.#writingSince : 0;
  }

  /** For how many milliseconds it has been there. */
  get ageMs(): number {
    return performance.now() - this.#openedAt;
  }

  /** Whether the peer has stopped in the middle of a frame. */
  get isMidFrame(): boolean {
    return this.#frameSince !== undefined;
  }

  /** For how many milliseconds one frame, or one piece of it, has been coming, however little at a time. */
  get frameMs(): number {
    return this.#frameSince === undefined ? 0 : performance.now() - this.#frameSince;
  }

  /** Reads until the peer or we close; hands over every frame in order and waits for the handler. */
  async run(handle: (incoming: IncomingOf<D>) => void | Promise<void>): Promise<void> {
    while (this.#state === "open") {
      this.#listeningSince = performance.now();
      let length: number | null = null;
      try {
        length = await this.#socket.read(this.decoder.space());
      } catch {
        // A reset is a way of closing; so is a close of ours while the read was under way.
      }
      this.#listeningSince = undefined;
      if (length === null) return;
      this.#traffic.received += length;
      this.decoder.filled(length);
      for (;;) {
        const next = this.decoder.next();
        if (isNeedMore(next)) {
          this.#frameSince = next.partial ? this.#frameSince ?? performance.now() : undefined;
          break;
        }
        this.#frameSince = undefined;
        const handled = handle(next as IncomingOf<D>);
        if (handled) await handled;
        // After every frame: one buffer may hold thousands of small questions with large answers.
        if (this.#replyBytes > this.#replyLimit) await this.#untilDrained();
        if (next.type === "lost" || this.#state !== "open") return;
      }
    }
  }

  /** Queues a reply. It goes out with whatever else this turn of the event loop brings, before the feed. */
  send(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#replies.push(frame);
    this.#replyBytes += frame.length;
    this.wakeSoon();
  }

  /** Queues bytes that yield to everything else; resolves with whether they were written, so that a buffer can be used again. */
  sendBulk(bytes: Uint8Array): Promise<boolean> {
    if (this.#state !== "open") return Promise.resolve(false);
    return new Promise((written) => {
      this.#bulk.push({ bytes, written });
      this.wakeSoon();
    });
  }

  /** Sets the shared bytes to follow. Replies that were queued before go out first. */
  follow(feed: Feed | undefined): void {
    this.#feed = feed;
    this.wakeSoon();
  }

  /** Writes what there is, at the end of this turn of the event loop. */
  wakeSoon(): void {
    if (this.#wakeQueued || this.#writing) return;
    this.#wakeQueued = true;
    queueMicrotask(() => {
      this.#wakeQueued = false;
      this.wake();
    });
  }

  /** Writes what there is, unless a write is under way already. */
  wake(): void {
    if (this.#writing || this.#state === "closed") return;
    const bytes = this.#next();
    if (bytes === undefined) return this.#idle();
    this.#writing = true;
    this.#writingSince = performance.now();
    this.#socket.write(bytes).then((written) => {
      this.#writing = false;
      this.#traffic.sent += written;
      if (written < bytes.length) this.#unwritten = bytes.subarray(written);
      else this.#finishBulk(true);
      this.wake();
    }, () => this.close());
  }

  /** Closes once everything queued has been written, or at once when the peer does not take it within `ms`. */
  async end(ms = 1000): Promise<void> {
    if (this.#state === "open") {
      this.#state = "ending";
      this.#feed = undefined;
      if (ms < Infinity) {
        const timer = setTimeout(() => this.close(), ms);
        this.closed.finally(() => clearTimeout(timer));
      }
      this.wakeSoon();
    }
    await this.closed;
  }

  /** Closes at once; what was queued is gone. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    try {
      this.#socket.close();
    } catch {
      // It was closed already.
    }
    this.#feed = undefined;
    this.#replies = [];
    this.#finishBulk(false);
    for (const bulk of this.#bulk.splice(0)) bulk.written(false);
    this.#drained?.resolve();
    this.#closed?.resolve();
  }

  #next(): Uint8Array | undefined {
    if (this.#unwritten) {
      const rest = this.#unwritten;
      this.#unwritten = undefined;
      return rest;
    }
    if (this.#replies.length > 0) return this.#takeReplies();
    if (this.#drained) this.#drained.resolve(), this.#drained = undefined;
    this.#bulkFirst = !this.#bulkFirst;
    return this.#bulkFirst ? this.#takeBulk() ?? this.#feed?.take() : this.#feed?.take() ?? this.#takeBulk();
  }

  #takeReplies(): Uint8Array {
    let count = 0, length = 0;
    for (const reply of this.#replies) {
      if (count > 0 && length + reply.length > MAX_JOINED_REPLIES) break;
      length += reply.length;
      count++;
    }
    const taken = this.#replies.splice(0, count);
    this.#replyBytes -= length;
    const [only] = taken;
    if (only && count === 1) return only;
    return joinBytes(taken);
  }

  #takeBulk(): Uint8Array | undefined {
    this.#currentBulk = this.#bulk.shift();
    return this.#currentBulk?.bytes;
  }

  #finishBulk(written: boolean): void {
    const bulk = this.#currentBulk;
    this.#currentBulk = undefined;
    bulk?.written(written);
  }

  #untilDrained(): Promise<void> {
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  #idle(): void {
    if (this.#state === "ending") this.close();
  }
}

const isNeedMore = (next: { readonly type: string }): next is NeedMore => next.type === "need-more";
