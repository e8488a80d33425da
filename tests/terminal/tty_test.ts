import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { terminalSize, Tty } from "../../lib/terminal/tty.ts";

const program = fileURLToPath(import.meta.resolve("./tty_program.ts"));
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Runs the program in a pseudo-terminal of its own (util-linux `script`), and the shell's `stty` before and after. */
class Session implements AsyncDisposable {
  #output = "";
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(how: string) {
    const deno = [Deno.execPath(), "run", "--no-check", "--no-config", program, how].map(quote).join(" ");
    const shell = `stty rows 30 cols 100; tty; stty -g; ${deno}; echo "code $?"; stty -g; stty size; echo over`;
    this.#child = new Deno.Command("script", {
      args: ["-qfec", shell, "/dev/null"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      env: { SHELL: "/bin/sh", TERM: "xterm-256color" },
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }

  #changed = Promise.withResolvers<void>();

  get output(): string {
    return this.#output;
  }

  /** Waits until the terminal has shown this. */
  async shows(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      const ended = this.#reading.then(() => assert.ok(this.#output.includes(text), `no ${text} in:\n${this.#output}`));
      await Promise.race([this.#changed.promise, ended]);
    }
  }

  async types(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
  }
}

const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);

const inTerminal = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasScript, fn });

inTerminal("keys arrive, a lone ESC after a moment, and the terminal is given back", async () => {
  await using session = new Session("break");
  await session.shows("ready");
  await session.types("好\x1b[A");
  await session.shows(`{"type":"text","text":"好"}`);
  await session.shows(`{"type":"key","chord":"up"}`);
  await session.types("\x1b");
  await session.shows(`[{"type":"key","chord":"escape"}]`);
  await session.types("\x1b[200~one\rtwo\x1b[201~");
  await session.shows(`[{"type":"paste","text":"one\\ntwo","cut":false}]`);
  await session.types("\x03");
  await session.shows("over");
  assert.match(session.output, /bye/);
  assertGivenBack(session.output, 0);
});

inTerminal("a new size is told", async () => {
  await using session = new Session("break");
  await session.shows("ready");
  const [device = ""] = /^\/dev\/\S+/m.exec(session.output) ?? [];
  await new Deno.Command("stty", { args: ["-F", device, "rows", "20", "cols", "50"] }).output();
  await session.shows("size 50x20");
  await session.types("\x03");
  await session.shows("over");
});

for (
  const [how, code] of [["throw", 1], ["exit", 3], ["a callback's error", 1], [
    "a rejection that nobody hears",
    1,
  ]] as const
) {
  inTerminal(`the terminal is given back when the program ends by ${how}`, async () => {
    await using session = new Session(how);
    await session.shows("ready");
    await session.types("\x03");
    await session.shows("over");
    assertGivenBack(session.output, code);
  });
}

/** The program ended with this code, switched bracketed paste off, and left the settings as `stty -g` found them. */
function assertGivenBack(output: string, code: number): void {
  const [last = ""] = output.split(`code ${code}`, 1);
  assert.notEqual(last, output);
  assert.ok(last.lastIndexOf("\x1b[?2004l") > last.lastIndexOf("\x1b[?2004h"));
  const settings = output.match(/^[0-9a-f]+(:[0-9a-f]+)+(?=\r$)/gm) ?? [];
  assert.equal(settings.length, 2);
  assert.equal(settings[0], settings[1]);
}

Deno.test("without a terminal there is a usual size, and nothing to open", () => {
  if (Tty.isAvailable()) return;
  assert.throws(() => Tty.open(), TypeError);
  const { columns, rows } = terminalSize();
  assert.ok(columns >= 2 && rows >= 1);
});
