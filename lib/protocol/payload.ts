/**
 * Payloads that are not JSON, field by field; numbers are big-endian. Writing beyond what a field can hold throws a RangeError,
 * and so does reading what is not there or not allowed, in words for the peer.
 */
import { type FrameHeader, writeHeader } from "./frame.ts";
import { HEADER_BYTES } from "./limits.ts";
import { cut, keep, type Slice } from "./slab.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Digits of a byte, and what a digit is worth. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const NIBBLES = new Uint8Array(128);
for (const [value, digit] of [..."0123456789abcdef"].entries()) NIBBLES[digit.charCodeAt(0)] = value;

/** Strings up to so many units are written without the encoder, if they are ASCII. */
const SHORT = 256;
const MAX_U32 = 2 ** 32 - 1;
const MAX_HIGH = 2 ** 21 - 1;
/** How a UUID's 32 digits lie in its 36 characters: where each byte's first digit is. */
const UUID_DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

export class PayloadWriter {
  readonly #slice: Slice;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  /** `capacity` is the most that is going to be written. */
  constructor(capacity: number) {
    this.#slice = cut(HEADER_BYTES + capacity);
    this.#bytes = this.#slice.block;
    this.#view = this.#slice.view;
    this.#at = this.#slice.start + HEADER_BYTES;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    if (value > MAX_U32) throw new RangeError(`Cannot write ${value} in 32 bits`);
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
    return this;
  }

  /** A safe integer in 64 bits. */
  u64(value: number): this {
    return this.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
  }

  /** A UUID in its usual form, as 16 bytes. */
  uuid(id: string): this {
    for (let byte = 0; byte < 16; byte++) {
      const digit = UUID_DIGITS[byte] ?? 0;
      const high = NIBBLES[id.charCodeAt(digit)] ?? 0, low = NIBBLES[id.charCodeAt(digit + 1)] ?? 0;
      this.#bytes[this.#at++] = high << 4 | low;
    }
    return this;
  }

  /** A short string behind one byte that has its length in bytes of UTF-8. */
  label(text: string): this {
    const written = this.#write(text, this.#at + 1);
    if (written > 255) throw new RangeError(`Cannot write a label of ${written} bytes`);
    this.#bytes[this.#at] = written;
    this.#at += 1 + written;
    return this;
  }

  /** A string up to the end of the payload. */
  text(text: string): this {
    this.#at += this.#write(text, this.#at);
    return this;
  }

  /** A frame with what was written. */
  frame(header: FrameHeader): Uint8Array {
    const frame = keep(this.#slice, this.#at);
    writeHeader(frame, header, frame.length - HEADER_BYTES);
    return frame;
  }

  /** Writes a string somewhere, and says how many bytes it took. */
  #write(text: string, at: number): number {
    return this.#ascii(text, at) ?? encoder.encodeInto(text, this.#bytes.subarray(at)).written;
  }

  /** Writes a string if it is short and ASCII: a call of the encoder costs more than the bytes then. */
  #ascii(text: string, at: number): number | undefined {
    if (text.length > SHORT) return undefined;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return undefined;
      this.#bytes[at + index] = unit;
    }
    return text.length;
  }
}

export class PayloadReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** Refuses what is not a safe integer. */
  u64(): number {
    const high = this.u32();
    if (high > MAX_HIGH) throw new RangeError("a number is greater than 2^53 - 1");
    return high * 2 ** 32 + this.u32();
  }

  uuid(): string {
    const from = this.#take(16);
    let id = "";
    for (let byte = 0; byte < 16; byte++) {
      if (byte === 4 || byte === 6 || byte === 8 || byte === 10) id += "-";
      id += HEX[this.#bytes[from + byte] ?? 0];
    }
    return id;
  }

  label(): string {
    const length = this.#bytes[this.#take(1)] ?? 0;
    return this.#ascii(length) ?? this.#string(length);
  }

  /** All that is left. */
  text(): string {
    return this.#string(this.#bytes.length - this.#at);
  }

  #string(length: number): string {
    const from = this.#take(length);
    try {
      return decoder.decode(this.#bytes.subarray(from, from + length));
    } catch {
      throw new RangeError("the payload is not valid UTF-8");
    }
  }

  /** A label if it is ASCII, without a call of the decoder. */
  #ascii(length: number): string | undefined {
    const end = Math.min(this.#at + length, this.#bytes.length);
    let text = "";
    for (let at = this.#at; at < end; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    this.#take(length);
    return text;
  }

  #take(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw new RangeError("the payload ends too early");
    this.#at = from + length;
    return from;
  }
}
