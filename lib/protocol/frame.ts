/**
 * Frames: what the byte stream is cut into. Both dialects share them.
 *
 *     offset 0  u8   id        what this message is
 *     offset 1  u16  stream    0 = control, others = one transfer each (the old dialect: an account number)
 *     offset 3  u8   kind      1 text (UTF-8) · 2 image · 3 binary
 *     offset 4  u32  length    payload bytes
 *
 * All numbers are big-endian. The decoder does no IO: bytes are pushed in, and {@linkcode FrameDecoder.next} hands out one
 * thing at a time, of which {@linkcode NeedMore} is the ordinary last one. A declared length is compared with its limit
 * before anything is kept, and what is kept grows with the bytes that came, never with the length that was promised.
 */
import { HEADER_BYTES, MAX_SKIPPED_BYTES } from "./limits.ts";

/** What the payload is made of. */
export const Kind = { text: 1, image: 2, binary: 3 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export interface FrameHeader {
  readonly id: number;
  readonly stream: number;
  readonly kind: Kind;
}

export interface Frame extends FrameHeader {
  readonly type: "frame";
  /** A view that holds until the next `push`: copy what must live longer. */
  readonly payload: Uint8Array;
}

/** Nothing whole is left; push more bytes. */
export interface NeedMore {
  readonly type: "need-more";
  /** Whether a frame has begun: silence from here on is a peer that stopped in the middle of a word. */
  readonly partial: boolean;
}

/** A frame longer than its limit. Its payload is read past; the frames behind it are still good. */
export interface Oversized {
  readonly type: "oversized";
  readonly header: FrameHeader;
  readonly length: number;
  readonly limit: number;
}

/** No frame boundary can be trusted any more: the connection has to end. */
export interface FramingLost {
  readonly type: "lost";
  readonly reason: string;
}

export type Decoded = Frame | NeedMore | Oversized | FramingLost;

export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(frame, header, payload.length);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** Writes a header at the start of `target`, for payloads that are already in place behind it. */
export function writeHeader(target: Uint8Array, header: FrameHeader, length: number): void {
  target[0] = header.id;
  target[1] = header.stream >>> 8;
  target[2] = header.stream;
  target[3] = header.kind;
  target[4] = length >>> 24;
  target[5] = length >>> 16;
  target[6] = length >>> 8;
  target[7] = length;
}

const EMPTY = new Uint8Array(0);
const isKind = (kind: number | undefined): kind is Kind => kind === 1 || kind === 2 || kind === 3;

export class FrameDecoder {
  /** The largest payload accepted for a frame with this header; may be replaced as the peer earns more. */
  maxPayload: (header: FrameHeader) => number;
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** Whether `#bytes` is the caller's buffer, which it may overwrite once we have asked for more. */
  #borrowed = false;
  #skip = 0;
  #lost: FramingLost | undefined;

  constructor(maxPayload: (header: FrameHeader) => number) {
    this.maxPayload = maxPayload;
  }

  /** Takes bytes in. They are not copied unless a frame is left unfinished by the time `next` asks for more. */
  push(bytes: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = bytes;
      this.#start = 0;
      this.#end = bytes.length;
      this.#borrowed = true;
    } else {
      this.#own(bytes.length);
      this.#bytes.set(bytes, this.#end);
      this.#end += bytes.length;
    }
  }

  next(): Decoded {
    if (this.#lost) return this.#lost;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, this.#end - this.#start);
      this.#start += skipped;
      this.#skip -= skipped;
    }
    const available = this.#end - this.#start;
    if (this.#skip > 0 || available < HEADER_BYTES) return this.#needMore();

    const bytes = this.#bytes, at = this.#start;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
    const kind = view.getUint8(3);
    if (!isKind(kind)) return this.#lose(`a header names the unknown kind ${kind}`);
    const header: FrameHeader = { id: view.getUint8(0), stream: view.getUint16(1), kind };
    const length = view.getUint32(4);
    const limit = this.maxPayload(header);
    if (length > limit) {
      if (length > MAX_SKIPPED_BYTES) return this.#lose(`a header announces ${length} bytes; the limit is ${limit}`);
      this.#start += HEADER_BYTES;
      this.#skip = length;
      return { type: "oversized", header, length, limit };
    }
    if (available < HEADER_BYTES + length) return this.#needMore();
    this.#start = at + HEADER_BYTES + length;
    return { type: "frame", ...header, payload: bytes.subarray(at + HEADER_BYTES, this.#start) };
  }

  #needMore(): NeedMore {
    if (this.#start === this.#end) {
      // Lets go of a large buffer, ours or the caller's, between frames.
      this.#bytes = EMPTY;
      this.#start = this.#end = 0;
    } else if (this.#borrowed) {
      this.#own(0);
    }
    return { type: "need-more", partial: this.#skip > 0 || this.#end > this.#start };
  }

  #lose(reason: string): FramingLost {
    this.#bytes = EMPTY;
    this.#start = this.#end = 0;
    return this.#lost = { type: "lost", reason };
  }

  /** Makes `#bytes` a buffer of ours that has room for `more` bytes behind what is unread. */
  #own(more: number): void {
    const unread = this.#end - this.#start;
    const needed = unread + more;
    if (!this.#borrowed && this.#end + more <= this.#bytes.length) return;
    const fits = !this.#borrowed && needed <= this.#bytes.length;
    const target = fits ? this.#bytes : new Uint8Array(Math.max(64, 2 * needed));
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = target;
    this.#start = 0;
    this.#end = unread;
    this.#borrowed = false;
  }
}
