/** A client as a process of its own that is stopped and continued (SIGSTOP, SIGCONT) while it prints what is said. */
import { join } from "node:path";
import type { Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";
import { CLIENT_PERMISSIONS } from "../tools/permissions.ts";

const root = new URL("../../", import.meta.url).pathname;

/** The compiled client where there is one, else the sources. */
async function clientCommand(): Promise<readonly string[]> {
  const compiled = join(root, "dist", "chat");
  const isThere = await Deno.stat(compiled).then(() => true, () => false);
  return isThere ? [compiled] : [Deno.execPath(), "run", "--quiet", ...CLIENT_PERMISSIONS, join(root, "client.ts")];
}

export interface StoppedReaderOptions {
  readonly name: string;
  readonly account: number;
  readonly password: string;
  readonly port: number;
  readonly ledger: Ledger;
  readonly random: Random;
}

export class StoppedReader implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #options: StoppedReaderOptions;
  readonly #reading: Promise<void>;
  #last = 0;
  #ended = false;
  #disposed = false;
  stops = 0;

  private constructor(child: Deno.ChildProcess, options: StoppedReaderOptions) {
    this.#child = child;
    this.#options = options;
    this.#reading = this.#read();
  }

  static async start(options: StoppedReaderOptions): Promise<StoppedReader> {
    const [program = "", ...first] = await clientCommand();
    const { account, password, port } = options;
    const tail = ["tail", "--follow", "--since", "0", "--json", "--account", String(account)];
    const child = new Deno.Command(program, {
      args: [...first, ...tail, "--server", `127.0.0.1:${port}`],
      env: { CHAT_PASSWORD: password },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    return new StoppedReader(child, options);
  }

  last(): number {
    return this.#last;
  }

  /** Stops it no more, so that it can read to the end. */
  release(): void {
    this.#ended = true;
    this.#child.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#ended = this.#disposed = true;
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event: { seq: number; id: string } = JSON.parse(line);
        this.#options.ledger.hear(this.#options.name, this.#last, event);
        this.#last = event.seq;
      }
    }
  }

  /** Begins to stop it now and then, until it is released. */
  torment(): void {
    void this.#torment();
  }

  async #torment(): Promise<void> {
    const { random } = this.#options;
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    while (!this.#ended) {
      await pause(random.between(50, 1000));
      if (this.#ended) return;
      this.#child.kill("SIGSTOP");
      this.stops++;
      await pause(random.between(50, 2000));
      if (!this.#ended) this.#child.kill("SIGCONT");
    }
  }
}
