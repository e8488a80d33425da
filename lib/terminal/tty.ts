/**
 * The terminal itself, the only IO of this folder: raw mode, keys, size, and ordered writing.
 *
 * Whoever opens it must dispose of it (`await using`), which gives the terminal back as it was. As a net beneath that it is
 * also given back when the program ends by `Deno.exit` or by an uncaught error. Only signals that kill at once go
 * through that net: a program that wants the terminal back after SIGTERM listens for it, and disposes.
 */
import { type Key, KeyDecoder } from "./keys.ts";
import { clampSize, type Size } from "./size.ts";

/** How long an ESC may be the beginning of a sequence, in milliseconds: more than a slow line needs between two bytes. */
const ESCAPE_WAIT = 50;
/** How long the rest of a sequence or a paste that has begun may take. */
const SEQUENCE_WAIT = 2_000;
const READ_BYTES = 64 * 1024;

const BRACKETED_PASTE_ON = "\x1b[?2004h";
/** A screen of its own, with the title put aside; the wheel and the focus are told. Shift leaves selecting to the terminal. */
const FULL_SCREEN_ON = "\x1b[22;2t\x1b[?1049h\x1b[?1000h\x1b[?1006h\x1b[?1004h";
const FULL_SCREEN_OFF = "\x1b[?1004l\x1b[?1006l\x1b[?1000l\x1b[?1049l\x1b[23;2t";
/** Everything that anything here switches on, switched off: paste, wrapping off, hidden cursor, held output, colours. */
const RESTORE = "\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[0m";

export interface TtyOptions {
  /** Takes the whole screen, and gives it back as it was. */
  readonly fullScreen?: boolean;
}

/** How a program ends without disposing; what nobody catches ends it without an `unload`. */
const ENDS = ["unload", "error", "unhandledrejection"] as const;

const encoder = new TextEncoder();

export class Tty implements Disposable, AsyncDisposable {
  #open = true;
  #pending = "";
  #writing: Promise<void> | undefined;
  /** A read cannot be taken back: one that was left waiting is picked up by whoever reads next. */
  #reading: Promise<Uint8Array | undefined> | undefined;
  readonly #restore = () => this[Symbol.dispose]();

  readonly #fullScreen: boolean;
  #reply: (text: string) => void = () => {};

  private constructor({ fullScreen = false }: TtyOptions) {
    this.#fullScreen = fullScreen;
    Deno.stdin.setRaw(true);
    for (const end of ENDS) addEventListener(end, this.#restore);
    this.write(BRACKETED_PASTE_ON + (fullScreen ? FULL_SCREEN_ON : ""));
  }

  /** Whether both ends are a terminal, without which there is nothing to open. */
  static isAvailable(): boolean {
    return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  }

  /** Takes the terminal over. Throws a TypeError when there is none. */
  static open(options: TtyOptions = {}): Tty {
    if (!Tty.isAvailable()) throw new TypeError("Cannot open the terminal: input or output is not one");
    return new Tty(options);
  }

  /** The terminal's size now; a usual one where it does not say. */
  size(): Size {
    return terminalSize();
  }

  /** Calls back with each new size, until the signal aborts. Windows does not tell: there it never calls. */
  onResize(listener: (size: Size) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const listen = () => listener(this.size());
    try {
      Deno.addSignalListener("SIGWINCH", listen);
    } catch {
      return; // Windows, which has no such signal
    }
    signal.addEventListener("abort", () => Deno.removeSignalListener("SIGWINCH", listen), { once: true });
  }

  /** Writes in the order of the calls, without waiting; what gathers while the terminal is slow goes out in one piece. */
  write(text: string): void {
    if (!this.#open || text === "") return;
    this.#pending += text;
    this.#writing ??= this.#drain();
  }

  /** Calls back with what the terminal answers while keys are read: see `capabilities.ts`. */
  onReply(listener: (text: string) => void): void {
    this.#reply = listener;
  }

  /** Whether the terminal has not taken yet what was written: what is drawn now would wait behind it. */
  get isBusy(): boolean {
    return this.#writing !== undefined;
  }

  /** Resolves when all that was written has reached the terminal. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      // What is written in this turn still becomes one piece.
      await Promise.resolve();
      while (this.#pending !== "" && this.#open) {
        const bytes = encoder.encode(this.#pending);
        this.#pending = "";
        for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
      }
    } catch {
      // The terminal has gone; its keys end too, and that is where the program learns of it.
      this.#pending = "";
    } finally {
      this.#writing = undefined;
    }
  }

  /**
   * What is typed, in batches of what came together, until the input ends or the signal aborts. One reader at a time.
   * Rejects when the terminal cannot be read. A read that is still waiting after an abort keeps the program alive, and
   * takes the next key from whoever reads the terminal otherwise: such a program ends by `Deno.exit`.
   */
  async *keys(signal: AbortSignal): AsyncGenerator<readonly Key[], void, void> {
    const decoder = new KeyDecoder((text) => this.#reply(text));
    while (!signal.aborted) {
      this.#reading ??= read();
      const wait = { nothing: undefined, escape: ESCAPE_WAIT, sequence: SEQUENCE_WAIT }[decoder.waiting];
      const chunk = await firstOf(this.#reading, wait, signal);
      if (chunk === "aborted") return;
      if (chunk !== "late") this.#reading = undefined;
      const keys = chunk === "late" || chunk === undefined ? decoder.flush() : decoder.push(chunk);
      if (keys.length > 0) yield keys;
      if (chunk === undefined) return;
    }
  }

  /** Gives the terminal back once all that was written is out. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flushed();
    this[Symbol.dispose]();
  }

  /** Gives the terminal back at once. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    for (const end of ENDS) removeEventListener(end, this.#restore);
    try {
      Deno.stdout.writeSync(encoder.encode(RESTORE + (this.#fullScreen ? FULL_SCREEN_OFF : "")));
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal has gone: nothing is left to give back.
    }
  }
}

/** The size of the terminal that output goes to, whether or not it is open; a usual one where there is none. */
export function terminalSize(): Size {
  try {
    return clampSize(Deno.consoleSize());
  } catch {
    return clampSize({ columns: 0, rows: 0 });
  }
}

/** The bytes that come next; undefined at the end of input. */
async function read(): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(READ_BYTES);
  const length = await Deno.stdin.read(buffer);
  return length === null ? undefined : buffer.subarray(0, length);
}

/** What is read, or that it took too long, or that nobody wants it any more. */
async function firstOf<T>(
  reading: Promise<T>,
  milliseconds: number | undefined,
  signal: AbortSignal,
): Promise<T | "late" | "aborted"> {
  const { promise, resolve } = Promise.withResolvers<"late" | "aborted">();
  const abort = () => resolve("aborted");
  signal.addEventListener("abort", abort, { once: true });
  const timer = milliseconds === undefined ? undefined : setTimeout(() => resolve("late"), milliseconds);
  try {
    return await Promise.race([reading, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
