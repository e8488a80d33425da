/**
 * The legacy dialect on its way in: the frame of `frame.ts`, with two lengths that promise no body, and with bodies that
 * are handed on as they come.
 *
 * - The length of an ACK says how much was received; no body follows it.
 * - A picture that the old client could not open is announced with the length {@linkcode UNOPENED}; no body follows that either.
 *
 * What is longer than its owner takes is read past, whatever its length, without a byte of it being kept: no header of this
 * dialect can lose the framing, since every kind has been seen in the wild.
 */
import type { NeedMore } from "./frame.ts";
import { HEADER_BYTES } from "./limits.ts";
import { ReceiveBuffer } from "./receive_buffer.ts";

/** What the original calls its messages. */
export const LegacyId = {
  login: 1,
  send: 2,
  read: 3,
  notice: 4,
  ack: 5,
  logout: 6,
  register: 7,
  onlineList: 8,
  close: 9,
} as const;

export const LegacyKind = { text: 1, image: 2 } as const;

/** Whether a connection whose first byte this is speaks the legacy dialect: the first byte of a frame is its id. */
export const isLegacyId = (id: number): boolean => id >= 1 && id <= 15;

export const UNOPENED = 0xffff_ffff;

export interface LegacyHeader {
  readonly id: number;
  /** What the sender claims to be. */
  readonly account: number;
  readonly kind: number;
  /** As it was declared. */
  readonly length: number;
}

/** How the body of a frame is to be taken: gathered, or as it comes; one of more than `limit` bytes is refused. */
export interface Intake {
  readonly how: "whole" | "pieces";
  readonly limit: number;
}

export type LegacyPart =
  /** A frame with all of its body, which is a view that holds until {@linkcode LegacyDecoder.space} is called. */
  | { readonly type: "frame"; readonly header: LegacyHeader; readonly body: Uint8Array }
  /** A frame whose body, of `header.length` bytes, follows in pieces. */
  | { readonly type: "begin"; readonly header: LegacyHeader }
  /** The next piece; a view like a body. `rest` bytes are still to come. */
  | { readonly type: "piece"; readonly bytes: Uint8Array; readonly rest: number }
  /** A frame that is longer than its limit; its body is read past. */
  | { readonly type: "refused"; readonly header: LegacyHeader; readonly limit: number };

export class LegacyDecoder {
  /** Asked about each frame that has a body, until it is there. */
  intake: (header: LegacyHeader) => Intake;
  readonly #buffer = new ReceiveBuffer();
  /** Bytes that are still to be read past. */
  #skip = 0;
  /** Bytes that are still to be handed out in pieces. */
  #rest = 0;

  constructor(intake: (header: LegacyHeader) => Intake) {
    this.intake = intake;
  }

  /** Where the next bytes go. Bodies and pieces that were handed out end here. */
  space(): Uint8Array {
    return this.#buffer.space();
  }

  /** Takes in what was written to the beginning of {@linkcode space}. */
  filled(length: number): void {
    this.#buffer.filled(length);
  }

  next(): LegacyPart | NeedMore {
    const buffer = this.#buffer;
    if (this.#skip > 0) this.#skip -= buffer.skip(this.#skip);
    if (this.#rest > 0 && buffer.unread > 0) {
      const bytes = buffer.take(Math.min(this.#rest, buffer.unread));
      this.#rest -= bytes.length;
      return { type: "piece", bytes, rest: this.#rest };
    }
    if (this.#skip > 0 || this.#rest > 0 || buffer.unread < HEADER_BYTES) return this.#needMore();

    const header = headerIn(buffer);
    const length = bodyLength(header);
    if (length === 0) return this.#whole(header, 0);
    const { how, limit } = this.intake(header);
    if (length > limit) {
      buffer.skip(HEADER_BYTES);
      this.#skip = length;
      return { type: "refused", header, limit };
    }
    if (how === "pieces") {
      buffer.skip(HEADER_BYTES);
      this.#rest = length;
      return { type: "begin", header };
    }
    return buffer.unread < HEADER_BYTES + length ? this.#needMore() : this.#whole(header, length);
  }

  #whole(header: LegacyHeader, length: number): LegacyPart {
    this.#buffer.skip(HEADER_BYTES);
    return { type: "frame", header, body: this.#buffer.take(length) };
  }

  #needMore(): NeedMore {
    return { type: "need-more", partial: this.#skip > 0 || this.#rest > 0 || this.#buffer.unread > 0 };
  }
}

function headerIn(buffer: ReceiveBuffer): LegacyHeader {
  return { id: buffer.u8(0), account: buffer.u16(1), kind: buffer.u8(3), length: buffer.u32(4) };
}

/** Bytes that follow a header. */
function bodyLength({ id, kind, length }: LegacyHeader): number {
  if (id === LegacyId.ack) return 0;
  return id === LegacyId.send && kind === LegacyKind.image && length === UNOPENED ? 0 : length;
}
