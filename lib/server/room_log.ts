/**
 * The room as a log of encoded frames, and a reader's cursor into it.
 *
 * The latest events stand here once, whoever reads them: a cursor takes a view of the shared bytes, so a broadcast copies
 * nothing and memory does not grow with the number of readers. The log is a chain of segments of fixed size, the oldest of which
 * is dropped when the chain exceeds its capacity. Bytes are only ever appended behind what has been handed out, and a
 * dropped segment is forgotten rather than used again: a view that is still being written to a socket stays what it was.
 *
 * A cursor whose segment has been dropped is *behind*: it reads nothing more, and its owner goes on from the store. So is one
 * that has not read yet what was withdrawn since: the store knows what is left of it.
 */

const SEGMENT_BYTES = 256 * 1024;

interface Segment {
  bytes: Uint8Array;
  used: number;
  /** The last sequence number up to the end of this segment, so far. */
  lastSeq: number;
  /** Bytes of the log before this segment. */
  readonly start: number;
  /** Where the frames of the numbers up to `lastSeq` begin, the first of them being `lastSeq - offsets.length + 1`. */
  readonly offsets: number[];
  next: Segment | undefined;
  dropped: boolean;
}

const newSegment = (size: number, { start, lastSeq }: Pick<Segment, "start" | "lastSeq">): Segment => ({
  bytes: new Uint8Array(size),
  used: 0,
  start,
  lastSeq,
  offsets: [],
  next: undefined,
  dropped: false,
});

export class RoomLog {
  readonly #capacity: number;
  readonly #segmentBytes: number;
  #segments: Segment[];
  #last: Segment;
  #bytes: number;
  /** Shared with the cursors. */
  readonly #limit = { withdrawn: 0 };
  #withdrawals = 0;

  /** A log that goes on after `head`, the last number that is already in the store, and keeps `capacity` bytes or a little more. */
  constructor(head: number, options: { readonly capacity: number; readonly segmentBytes?: number }) {
    this.#segmentBytes = Math.min(options.segmentBytes ?? SEGMENT_BYTES, options.capacity);
    this.#capacity = options.capacity;
    this.#last = newSegment(this.#segmentBytes, { start: 0, lastSeq: head });
    this.#segments = [this.#last];
    this.#bytes = this.#segmentBytes;
  }

  /** The last sequence number in the log. */
  get head(): number {
    return this.#last.lastSeq;
  }

  /** All the bytes that were ever added. */
  get end(): number {
    return this.#last.start + this.#last.used;
  }

  /** The last number that was withdrawn; 0 when none was. */
  get withdrawn(): number {
    return this.#limit.withdrawn;
  }

  /** How many numbers were withdrawn. */
  get withdrawals(): number {
    return this.#withdrawals;
  }

  /** Takes back what stands under a number: nobody reads it from here any more, nor what is before it. */
  withdraw(seq: number): void {
    this.#withdrawals++;
    this.#limit.withdrawn = Math.max(this.#limit.withdrawn, seq);
  }

  /** Adds a frame; `seq` when it is a numbered event, which must be the next one. */
  append(frame: Uint8Array, seq?: number): void {
    if (seq !== undefined && seq !== this.head + 1) throw new Error(`Cannot append ${seq}: the log is at ${this.head}`);
    if (this.#last.used + frame.length > this.#last.bytes.length) this.#grow(frame.length);
    const segment = this.#last;
    segment.bytes.set(frame, segment.used);
    if (seq !== undefined) {
      segment.offsets.push(segment.used);
      segment.lastSeq = seq;
    }
    segment.used += frame.length;
  }

  #grow(needed: number): void {
    const segment = newSegment(Math.max(needed, this.#segmentBytes), { start: this.end, lastSeq: this.head });
    this.#last.next = segment;
    this.#last = segment;
    this.#segments.push(segment);
    this.#bytes += segment.bytes.length;
    while (this.#bytes > this.#capacity && this.#segments.length > 1) this.#drop();
  }

  #drop(): void {
    const oldest = this.#segments.shift();
    if (!oldest) return;
    this.#bytes -= oldest.bytes.length;
    // Cuts the chain, so that a cursor that stopped here does not keep all that came later in memory.
    oldest.dropped = true;
    oldest.next = undefined;
    oldest.bytes = new Uint8Array(0);
  }

  /** A cursor that reads what comes from now on. */
  cursorAtEnd(): Cursor {
    return new Cursor(this.#last, { offset: this.#last.used, lastSeq: this.head, limit: this.#limit });
  }

  /** A cursor that reads on after a number, or nothing when the log does not reach back that far. */
  cursorAfter(seq: number): Cursor | undefined {
    if (seq === this.head) return this.cursorAtEnd();
    if (seq < this.#limit.withdrawn) return undefined;
    const segment = this.#segmentOf(seq + 1);
    const offset = segment?.offsets[seq - segment.lastSeq + segment.offsets.length];
    if (!segment || offset === undefined) return undefined;
    return new Cursor(segment, { offset, lastSeq: seq, limit: this.#limit });
  }

  /** The segment in which a number stands: the first one that ends with it or later. */
  #segmentOf(seq: number): Segment | undefined {
    let low = 0, high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle];
      if (segment && segment.lastSeq < seq) low = middle + 1;
      else high = middle;
    }
    return this.#segments[low];
  }
}

export class Cursor {
  #segment: Segment;
  #offset: number;
  #lastSeq: number;
  readonly #limit: { readonly withdrawn: number };

  constructor(
    segment: Segment,
    { offset, lastSeq, limit }: {
      readonly offset: number;
      readonly lastSeq: number;
      readonly limit: { readonly withdrawn: number };
    },
  ) {
    this.#segment = segment;
    this.#offset = offset;
    this.#lastSeq = lastSeq;
    this.#limit = limit;
  }

  /** The last sequence number among what has been taken, or stood before it. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** How many of the log's bytes have been taken, or stood before what was. */
  get position(): number {
    return this.#segment.start + this.#offset;
  }

  /** Whether the log has moved on past what this cursor should read next. */
  get behind(): boolean {
    return this.#segment.dropped || this.#lastSeq < this.#limit.withdrawn;
  }

  /** Everything from here to the end of the segment: nothing when there is nothing yet, or never again when behind. */
  take(): Uint8Array | undefined {
    if (this.behind) return undefined;
    if (this.#offset === this.#segment.used) {
      if (!this.#segment.next) return undefined;
      this.#segment = this.#segment.next;
      this.#offset = 0;
    }
    const segment = this.#segment;
    const bytes = segment.bytes.subarray(this.#offset, segment.used);
    this.#offset = segment.used;
    this.#lastSeq = segment.lastSeq;
    return bytes.length > 0 ? bytes : undefined;
  }
}
