/**
 * A program in a pseudo-terminal of its own, made by util-linux `script`, and an emulator that shows what is on its screen.
 *
 * What is waited for is a state of that screen, so a test says what a person would see. The shell that runs the program
 * prints the terminal's settings before and after it, which tells whether they were given back.
 */
import assert from "node:assert/strict";
import { Vt } from "../terminal/vt.ts";
import { within } from "./within.ts";

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const encoder = new TextEncoder();

export class Pty implements AsyncDisposable {
  readonly #vt: Vt;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #changed = Promise.withResolvers<void>();
  #output = "";

  constructor(command: readonly string[], { columns = 80, rows = 24, cwd, env = {} }: PtyOptions) {
    this.#vt = new Vt({ columns, rows });
    // The program takes the place of a shell that has told its process id.
    const program = `sh -c 'echo "pid $$"; exec "$@"' sh ${command.map(quote).join(" ")}`;
    const session = `stty cols ${columns} rows ${rows}; tty; stty -g; ${program}; echo "code $?"; stty -g; echo over`;
    this.#child = new Deno.Command("script", {
      args: ["-qfec", session, "/dev/null"],
      cwd,
      env: { SHELL: "/bin/sh", TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Whether this machine can do it. */
  static async isAvailable(): Promise<boolean> {
    const probe = new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return await probe.then(({ success }) => success, () => false);
  }

  /** The emulator, for whoever wants to see more than text. */
  get terminal(): Vt {
    return this.#vt;
  }

  /** What is on the screen now. */
  get screen(): string {
    return this.#vt.screen;
  }

  /** The screen, and all that has scrolled away above it. */
  get everything(): string {
    return this.#vt.everything;
  }

  /** The bytes that came, escape sequences and all. */
  get output(): string {
    return this.#output;
  }

  async types(text: string): Promise<void> {
    await this.#writer.write(encoder.encode(text));
  }

  /** Types a line and enter. */
  submits(line: string): Promise<void> {
    return this.types(`${line}\r`);
  }

  /** Waits until something is on the screen or has scrolled away above it. */
  shows(what: string | RegExp): Promise<void> {
    return this.until(
      () => typeof what === "string" ? this.everything.includes(what) : what.test(this.everything),
      what,
    );
  }

  /** Waits until a condition holds, which is asked whenever something was drawn. */
  async until(condition: () => boolean, what: string | RegExp): Promise<void> {
    let ended = false;
    this.#reading.then(() => ended = true);
    const waiting = async () => {
      while (!condition()) {
        assert.ok(!ended, `It ended without ${what}:\n${this.everything}`);
        await Promise.race([this.#changed.promise, this.#reading]);
      }
    };
    await within(waiting(), () => `Waited in vain for ${what}:\n${this.everything}`);
  }

  /** Changes the terminal's size, as its window would. */
  async resize(columns: number, rows: number): Promise<void> {
    const [device = ""] = /^\/dev\/\S+/m.exec(this.#output) ?? [];
    this.#vt.resize(columns, rows);
    const args = ["-F", device, "cols", String(columns), "rows", String(rows)];
    assert.ok((await new Deno.Command("stty", { args }).output()).success);
  }

  /** Sends the program a signal, if it runs. */
  kill(signal: Deno.Signal): void {
    if (this.isRunning && !/^code \d+/m.test(this.everything)) Deno.kill(this.pid, signal);
  }

  /** The program's process, once it has begun. */
  get pid(): number {
    return Number(/^pid (\d+)/m.exec(this.#output)?.[1]);
  }

  /** Whether the program has begun, and has not ended. */
  get isRunning(): boolean {
    const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(this.pid)] }).outputSync();
    // One that has ended stays as a Z until its parent has heard of it.
    return /^[^Z\s]/.test(new TextDecoder().decode(stdout));
  }

  /** Takes the terminal away, as closing its window does. */
  hangUp(): void {
    this.#child.kill("SIGKILL");
  }

  /** Waits for the program's end and resolves with its exit code; the terminal must be as it was before. */
  async ends(): Promise<number> {
    await this.shows(/^over$/m);
    const settings = this.#output.match(/^[0-9a-f]+(:[0-9a-f]+)+(?=\r$)/gm) ?? [];
    assert.equal(settings.length, 2);
    assert.equal(settings[0], settings[1], "The terminal's settings were not given back.");
    const modes = ["2004", "1000", "1004", "1006", "1049", "2026"].map((mode) => [`?${mode}h`, `?${mode}l`] as const);
    for (const [on, off] of [...modes, ["?25l", "?25h"], ["?7l", "?7h"]] as const) {
      assert.ok(this.#output.lastIndexOf(on) <= this.#output.lastIndexOf(off), `The terminal was left with ${on}.`);
    }
    return Number(/^code (\d+)/m.exec(this.everything)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `script` itself would take two seconds to be ended; when the program does, it follows.
    this.kill("SIGKILL");
    await this.#writer.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
    this.#vt[Symbol.dispose]();
  }

  async #read(): Promise<void> {
    const decoded = this.#child.stdout.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
    for await (const text of decoded) {
      this.#output += text;
      await this.#vt.write(text);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }
}
