/**
 * The buffer that a socket is read into and a decoder reads from. It is small while little comes, grows while a peer streams or
 * while something longer than it stands unread in it, and shrinks again.
 */

/** A connection that waits costs this much, and one that a peer streams to the larger size; what is longer takes what it needs. */
const MIN_BUFFER = 1024;
const STREAM_BUFFER = 256 * 1024;
/** After so many small pieces in a row the peer is taken to be done with streaming. */
const SMALL_PIECES = 16;

export class ReceiveBuffer {
  #bytes = new Uint8Array(MIN_BUFFER);
  #start = 0;
  #end = 0;
  #filledUp = false;
  #smallPieces = 0;

  /** Bytes that nobody has taken yet. */
  get unread(): number {
    return this.#end - this.#start;
  }

  /**
   * Where the next bytes are to be written, so that they need not be copied: say how many with {@linkcode filled}. Never
   * empty. Views that were handed out end here: their place is used again.
   */
  space(): Uint8Array {
    const unread = this.#end - this.#start;
    const size = this.#bytes.length;
    let wanted = size;
    if (unread === size) wanted = 2 * size;
    else if (this.#filledUp) wanted = Math.max(size, Math.min(4 * size, STREAM_BUFFER));
    else if (unread === 0 && this.#smallPieces > SMALL_PIECES) wanted = MIN_BUFFER;
    if (wanted !== size) {
      const bytes = new Uint8Array(wanted);
      bytes.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = bytes;
      this.#start = 0;
      this.#end = unread;
    } else if (unread === 0 || this.#end > size / 2) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      this.#start = 0;
      this.#end = unread;
    }
    return this.#bytes.subarray(this.#end);
  }

  /** Takes in what was written to the beginning of {@linkcode space}. */
  filled(length: number): void {
    this.#end += length;
    this.#filledUp = this.#end === this.#bytes.length;
    this.#smallPieces = length < MIN_BUFFER ? this.#smallPieces + 1 : 0;
  }

  /** The unread byte at an offset, which stays unread. */
  u8(offset: number): number {
    return this.#bytes[this.#start + offset] ?? 0;
  }

  u16(offset: number): number {
    return this.u8(offset) << 8 | this.u8(offset + 1);
  }

  u32(offset: number): number {
    return this.u16(offset) * 0x10000 + this.u16(offset + 2);
  }

  /** Passes over the next `length` unread bytes, or as many as there are; returns how many. */
  skip(length: number): number {
    const skipped = Math.min(length, this.unread);
    this.#start += skipped;
    return skipped;
  }

  /** Takes the next `length` unread bytes, as a view. */
  take(length: number): Uint8Array {
    const start = this.#start;
    this.#start += length;
    return this.#bytes.subarray(start, this.#start);
  }

  /** Forgets everything. */
  clear(): void {
    this.#bytes = new Uint8Array(MIN_BUFFER);
    this.#start = this.#end = 0;
  }
}
