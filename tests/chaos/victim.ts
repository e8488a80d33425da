/** The server that is being tried: a process that is killed and started again on the same port and data. */
import { join } from "node:path";
import { SERVER_PERMISSIONS } from "../tools/permissions.ts";

export interface VictimOptions {
  /** The executable with its first arguments: compiled, or Deno with the sources. */
  readonly command: readonly string[];
  /** Where its data is. */
  readonly folder: string;
  /** Where its log goes. */
  readonly logFolder: string;
  /** Done before each start. */
  readonly beforeStart?: () => Promise<void>;
  readonly args: readonly string[];
}

const root = new URL("../../", import.meta.url).pathname;

/** The compiled server where there is one, else the sources. */
export async function serverCommand(): Promise<readonly string[]> {
  const compiled = join(root, "dist", "chat-server");
  const isThere = await Deno.stat(compiled).then(() => true, () => false);
  return isThere ? [compiled] : [Deno.execPath(), "run", "--quiet", ...SERVER_PERMISSIONS, join(root, "server.ts")];
}

export class Victim implements AsyncDisposable {
  readonly #options: VictimOptions;
  #child: Deno.ChildProcess | undefined;
  #port = 0;
  starts = 0;

  constructor(options: VictimOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  get address(): Deno.NetAddr {
    return { transport: "tcp", hostname: "127.0.0.1", port: this.#port };
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get pid(): number {
    if (!this.#child) throw new Error("Cannot look at the server: it is not running");
    return this.#child.pid;
  }

  /** Starts it; resolves when it accepts connections. A port that it had it gets again. */
  async start(): Promise<void> {
    const { command, folder, logFolder, beforeStart, args } = this.#options;
    await beforeStart?.();
    const [program = "", ...first] = command;
    const log = await Deno.open(join(logFolder, "server.log"), { create: true, append: true });
    const child = new Deno.Command(program, {
      args: [...first, "--host=127.0.0.1", `--port=${this.#port}`, `--data-dir=${folder}`, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    this.starts++;
    child.stderr.pipeTo(log.writable).catch(() => {});
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    void reader.cancel();
    const [, port] = /^listening on 127\.0\.0\.1:(\d+)/.exec(value) ?? [];
    if (port === undefined) {
      throw new Error(`Cannot start the server: ${await Deno.readTextFile(join(logFolder, "server.log"))}`);
    }
    this.#port = Number(port);
  }

  /** SIGKILL, or another signal; resolves with how it ended. */
  async end(signal: Deno.Signal = "SIGKILL"): Promise<Deno.CommandStatus | undefined> {
    const child = this.#child;
    this.#child = undefined;
    child?.kill(signal);
    return await child?.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Resident bytes and open descriptors of a process. */
export async function usageOf(pid: number): Promise<{ readonly rss: number; readonly descriptors: number }> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  const descriptors = (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
  return { rss: Number(kilobytes) * 1024, descriptors };
}
