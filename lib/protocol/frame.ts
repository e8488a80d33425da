/**
 * Frames: what the byte stream is cut into. Both dialects share them.
 *
 *     offset 0  u8   id        what this message is
 *     offset 1  u16  stream    0 = control, others = one transfer each (the old dialect: an account number)
 *     offset 3  u8   kind      1 text (UTF-8) · 2 image · 3 binary
 *     offset 4  u32  length    payload bytes
 *
 * All numbers are big-endian. The decoder does no IO: bytes are put in, and {@linkcode FrameDecoder.next} hands out one
 * thing at a time, of which {@linkcode NeedMore} is the ordinary last one. A declared length is compared with its limit
 * before anything is kept, and what is kept grows with the bytes that came, never with the length that was promised.
 */
import { HEADER_BYTES, MAX_SKIPPED_BYTES } from "./limits.ts";
import { ReceiveBuffer } from "./receive_buffer.ts";

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
  /** A view that holds until {@linkcode FrameDecoder.space} is called: copy what must live longer. */
  readonly payload: Uint8Array;
}

/** Nothing whole is left; put more bytes in. */
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

const isKind = (kind: number | undefined): kind is Kind => kind === 1 || kind === 2 || kind === 3;

export class FrameDecoder {
  /** The largest payload accepted for a frame with this header; may be replaced as the peer earns more. */
  maxPayload: (header: FrameHeader) => number;
  readonly #buffer = new ReceiveBuffer();
  #skip = 0;
  #lost: FramingLost | undefined;

  constructor(maxPayload: (header: FrameHeader) => number) {
    this.maxPayload = maxPayload;
  }

  /** Where the next bytes go. Payloads that were handed out end here. */
  space(): Uint8Array {
    return this.#buffer.space();
  }

  /** Takes in what was written to the beginning of {@linkcode space}. */
  filled(length: number): void {
    this.#buffer.filled(length);
  }

  next(): Decoded {
    if (this.#lost) return this.#lost;
    const buffer = this.#buffer;
    if (this.#skip > 0) this.#skip -= buffer.skip(this.#skip);
    if (this.#skip > 0 || buffer.unread < HEADER_BYTES) return this.#needMore();

    const kind = buffer.u8(3);
    if (!isKind(kind)) return this.#lose(`a header names the unknown kind ${kind}`);
    const header: FrameHeader = { id: buffer.u8(0), stream: buffer.u16(1), kind };
    const length = buffer.u32(4);
    const limit = this.maxPayload(header);
    if (length > limit) {
      if (length > MAX_SKIPPED_BYTES) return this.#lose(`a header announces ${length} bytes; the limit is ${limit}`);
      buffer.skip(HEADER_BYTES);
      this.#skip = length;
      return { type: "oversized", header, length, limit };
    }
    if (buffer.unread < HEADER_BYTES + length) return this.#needMore();
    buffer.skip(HEADER_BYTES);
    return { type: "frame", id: header.id, stream: header.stream, kind, payload: buffer.take(length) };
  }

  #needMore(): NeedMore {
    return { type: "need-more", partial: this.#skip > 0 || this.#buffer.unread > 0 };
  }

  #lose(reason: string): FramingLost {
    this.#buffer.clear();
    return this.#lost = { type: "lost", reason };
  }
}
