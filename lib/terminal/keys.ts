/**
 * From the bytes that a terminal sends to keys.
 *
 * A machine that takes one byte at a time, so that it hardly matters how the bytes were split on their way: the same bytes
 * give the same keys, except that typed text may come in one piece or in several. What it does not know it swallows: an
 * escape sequence never turns into text. What it keeps in between is bounded.
 *
 * One thing cannot be told from bytes: an ESC may be the Escape key or the beginning of a sequence. It waits; who reads
 * the terminal decides by the clock that nothing more is coming, and calls {@linkcode KeyDecoder.flush}. Of alt and a
 * letter a terminal sends ESC and letter at once: a letter that comes later than its ESC was typed behind Escape.
 */
import { controlChord, csiKey, functionKeys, ss3Key, withAlt } from "./key_sequences.ts";
import { PasteBuffer } from "./paste_buffer.ts";

/**
 * What somebody did.
 *
 * A chord is the modifiers in the order `ctrl-alt-shift-` and the key: a lower-case letter, a character, or a name, such
 * as `ctrl-a`, `alt-.`, `shift-up`, `enter`, `ctrl-alt-delete`.
 */
export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "key"; readonly chord: string }
  /** With `\n` line ends. `cut`: there was more than MAX_PASTE, see `paste_buffer.ts`. */
  | { readonly type: "paste"; readonly text: string; readonly cut: boolean }
  /** Column and row count from 0. */
  | { readonly type: "mouse"; readonly action: MouseAction; readonly column: number; readonly row: number }
  | { readonly type: "focus"; readonly focused: boolean };

export type MouseAction = "press" | "release" | "move" | "wheel-up" | "wheel-down";

/** Bytes of one escape sequence's parameters, and of a reply; a longer one is swallowed whole. */
const MAX_SEQUENCE = 64;
const MAX_REPLY = 256;

const ESC = 0x1b;
const BEL = 0x07;
const DEL = 0x7f;
const CANCEL = 0x18;

/** Where in the input the decoder is. */
type State =
  | "text"
  | "escape" // ESC
  | "csi" // ESC [ parameters
  | "ss3" // ESC O
  | "function" // ESC [ [, how a Linux console begins F1 to F5
  | "string" // ESC ] P X ^ _: a reply that ends with BEL or ESC \
  | "string-escape" // an ESC in it
  | "x10-mouse" // ESC [ M and three bytes
  | "paste";

const INTRODUCERS: ReadonlyMap<number, State> = new Map([
  [0x5b, "csi"],
  [0x4f, "ss3"],
  ...[..."]PX^_"].map((character): [number, State] => [character.charCodeAt(0), "string"]),
]);

export class KeyDecoder {
  #state: State = "text";
  #keys: Key[] = [];
  /** Keeps the beginning of a character that was split; restarted by whatever is not text. */
  #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The byte behind the ESC while nothing has followed it: of "ESC [" it is open whether it is a sequence or alt-[. */
  #opened: number | undefined;
  #parameters = "";
  #skip = 0;
  readonly #paste = new PasteBuffer();
  readonly #reply: (text: string) => void;

  /** `reply` hears what is no key but an answer of the terminal: the sequence, without its ESC and its end. */
  constructor(reply: (text: string) => void = () => {}) {
    this.#reply = reply;
  }

  /**
   * What is unfinished, and so how long to wait for the rest before {@linkcode flush}: an `escape` may be the Escape key,
   * or alt and a bracket, and should not wait longer than a person notices; a `sequence` or paste has begun for certain
   * and may be given seconds.
   */
  get waiting(): "nothing" | "escape" | "sequence" {
    if (this.#state === "escape" || this.#opened !== undefined) return "escape";
    return this.#state === "text" ? "nothing" : "sequence";
  }

  /** Takes what was read, and returns the keys that it completed. */
  push(bytes: Uint8Array): readonly Key[] {
    const [first] = bytes;
    if (this.#state === "escape" && first !== undefined && first !== ESC && !INTRODUCERS.has(first)) {
      this.#chord("escape");
      this.#state = "text";
    }
    let index = 0;
    while (index < bytes.length) {
      const end = this.#state === "text" ? textEnd(bytes, index) : index;
      if (end > index) {
        this.#text(bytes.subarray(index, end));
        index = end;
      } else {
        this.#byte(bytes[index] ?? 0);
        index++;
      }
    }
    return this.#take();
  }

  /** Gives up waiting: an ESC was the Escape key, a paste has ended, and what else is unfinished is dropped. */
  flush(): readonly Key[] {
    this.#endText();
    if (this.#state === "escape") this.#chord("escape");
    if (this.#opened !== undefined) this.#chord(withAlt(this.#opened));
    if (this.#state === "paste") this.#keys.push({ type: "paste", ...this.#paste.take() });
    this.#state = "text";
    this.#opened = undefined;
    return this.#take();
  }

  #take(): readonly Key[] {
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }

  #chord(chord: string): void {
    this.#keys.push({ type: "key", chord });
  }

  #text(bytes: Uint8Array): void {
    this.#typed(this.#utf8.decode(bytes, { stream: true }));
  }

  #endText(): void {
    this.#typed(this.#utf8.decode());
  }

  /** Nobody types the controls of the second block, which UTF-8 spells in two bytes. */
  #typed(text: string): void {
    const printable = text.replace(/[\x80-\x9f]/g, "");
    if (printable !== "") this.#keys.push({ type: "text", text: printable });
  }

  #byte(byte: number): void {
    this.#opened = undefined;
    switch (this.#state) {
      case "text":
        this.#endText();
        if (byte === ESC) this.#state = "escape";
        else this.#chord(controlChord(byte));
        return;
      case "escape":
        return this.#escape(byte);
      case "csi":
        return this.#csi(byte);
      case "ss3":
        return this.#finish(byte, ss3Key(String.fromCharCode(byte)));
      case "function":
        return this.#finish(byte, functionKeys.get(String.fromCharCode(byte)));
      case "x10-mouse":
        if (--this.#skip === 0) this.#state = "text";
        return;
      case "string":
        if (byte === ESC) this.#state = "string-escape";
        else if (byte === BEL) this.#answered();
        else if (byte === CANCEL) this.#state = "text";
        else if (this.#parameters.length <= MAX_REPLY) this.#parameters += String.fromCharCode(byte);
        return;
      case "string-escape":
        if (byte === 0x5c) this.#answered();
        else if (byte !== ESC) this.#state = "string";
        return;
      case "paste":
        if (!this.#paste.add(byte)) return;
        this.#keys.push({ type: "paste", ...this.#paste.take() });
        this.#state = "text";
    }
  }

  #escape(byte: number): void {
    if (byte === ESC) return this.#chord("escape");
    const introduced = INTRODUCERS.get(byte);
    this.#state = introduced ?? "text";
    if (introduced !== undefined) {
      this.#opened = byte;
      this.#parameters = introduced === "string" ? String.fromCharCode(byte) : "";
    } else if (byte >= 0x80) {
      this.#text(Uint8Array.of(byte)); // alt and é: there are no such chords, but the letter was typed
    } else {
      this.#chord(withAlt(byte));
    }
  }

  #csi(byte: number): void {
    if (byte >= 0x20 && byte < 0x40) {
      // An endless sequence stays too long to be known; its end is still waited for.
      if (this.#parameters.length <= MAX_SEQUENCE) this.#parameters += String.fromCharCode(byte);
      return;
    }
    const final = String.fromCharCode(byte);
    if (this.#parameters === "" && final === "[") {
      this.#state = "function";
    } else if (this.#parameters === "" && final === "M") {
      this.#state = "x10-mouse";
      this.#skip = 3;
    } else if (this.#parameters === "200" && final === "~") {
      this.#state = "paste";
    } else {
      const known = this.#parameters.length <= MAX_SEQUENCE;
      if (known && (final === "c" || final === "t")) this.#reply(`[${this.#parameters}${final}`);
      this.#finish(byte, known ? csiKey(this.#parameters, final) : undefined);
    }
  }

  #answered(): void {
    this.#state = "text";
    if (this.#parameters.length <= MAX_REPLY) this.#reply(this.#parameters);
  }

  /** Ends a sequence: with its key, with nothing when it is unknown, or with a byte that cannot belong to it. */
  #finish(byte: number, key: Key | undefined): void {
    this.#state = "text";
    if (key !== undefined) this.#keys.push(key);
    else if (byte === ESC) this.#state = "escape";
    else if (byte >= 0x80) this.#text(Uint8Array.of(byte));
    else if (byte < 0x20) this.#byte(byte);
  }
}

/** Where the run of text that begins at `start` ends. */
function textEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && (bytes[end] ?? 0) >= 0x20 && bytes[end] !== DEL) end++;
  return end;
}
