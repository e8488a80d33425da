/** Gathers the bytes of a bracketed paste until its end mark, of which every byte may come alone. */

/** Bytes of one paste. The rest of a larger one is dropped, up to its end: it must not go on as if it were typed. */
export const MAX_PASTE = 1024 * 1024;

const PASTE_END = new TextEncoder().encode("\x1b[201~");

export interface Paste {
  readonly text: string;
  /** Whether there was more than {@linkcode MAX_PASTE}. */
  readonly cut: boolean;
}

export class PasteBuffer {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #cut = false;
  #matched = 0;

  /** Takes the next byte; true when it was the last of the end mark. */
  add(byte: number): boolean {
    if (byte === PASTE_END[this.#matched]) return ++this.#matched === PASTE_END.length;
    for (let index = 0; index < this.#matched; index++) this.#keep(PASTE_END[index] ?? 0);
    // Only its first byte is an ESC, so no other beginning of the mark can hide in what was matched.
    this.#matched = byte === PASTE_END[0] ? 1 : 0;
    if (this.#matched === 0) this.#keep(byte);
    return false;
  }

  /** What was gathered, with `\n` line ends (terminals send `\r`); the next paste begins. */
  take(): Paste {
    const text = new TextDecoder().decode(this.#bytes.subarray(0, this.#length)).replace(/\r\n?/g, "\n");
    const cut = this.#cut;
    this.#bytes = new Uint8Array(4096);
    this.#length = 0;
    this.#cut = false;
    this.#matched = 0;
    return { text, cut };
  }

  #keep(byte: number): void {
    if (this.#length === MAX_PASTE) {
      this.#cut = true;
      return;
    }
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(Math.min(MAX_PASTE, this.#length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }
}
