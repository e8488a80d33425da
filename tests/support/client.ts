/** The client's program as a process, as a script runs it. */
import { eachLine } from "./lines.ts";
import type { Reachable } from "./server.ts";
import { within } from "./within.ts";

export interface RunOptions {
  readonly server?: Reachable;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as it is with --json: every line an object. */
  readonly json: () => Record<string, unknown>[];
}

export const PASSWORD = "correct horse";
const CLIENT = new URL("../../client.ts", import.meta.url).pathname;

/** What the programs of one test file remember of servers; nothing of it is this machine's own. */
const STATE = Deno.makeTempDirSync({ prefix: "chat-state-" });
globalThis.addEventListener("unload", () => Deno.removeSync(STATE, { recursive: true }));

/** Starts `chat ARGS`; its output is the caller's to read. */
export function start(args: readonly string[], options: RunOptions): Deno.ChildProcess {
  const { server, env = {}, cwd } = options;
  const { hostname = "", port = 0 } = server?.address ?? {};
  const where = server ? { CHAT_HOST: hostname, CHAT_PORT: String(port) } : {};
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-prompt",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      CLIENT,
      ...args,
    ],
    env: { NO_COLOR: "1", CHAT_PASSWORD: PASSWORD, XDG_STATE_HOME: STATE, ...where, ...env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(cwd === undefined ? {} : { cwd }),
  }).spawn();
}

/** Runs `chat ARGS` to its end. */
export async function chat(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = start(args, options);
  const feeding = options.stdin === undefined ? undefined : feed(child, options.stdin);
  const decoder = new TextDecoder();
  const [output] = await within(Promise.all([child.output(), feeding]), `chat ${args.join(" ")}`, 60_000);
  const stdout = decoder.decode(output.stdout), stderr = decoder.decode(output.stderr);
  const json = () => stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  return { code: output.code, stdout, stderr, json };
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It ended before it had read everything.
  }
}

/** A `chat … --json` that goes on until it is told to stop. */
export interface Following extends AsyncDisposable {
  /** The objects that it has printed so far. */
  readonly printed: readonly Record<string, unknown>[];
  readonly stderr: () => string;
  /** Sends a signal and waits for the end. */
  stop(signal: Deno.Signal): Promise<number>;
}

export function follow(args: readonly string[], options: RunOptions = {}): Following {
  const child = start(args, options);
  const printed: Record<string, unknown>[] = [];
  let stderr = "";
  const reading = Promise.all([
    eachLine(child.stdout, (line) => printed.push(JSON.parse(line))),
    eachLine(child.stderr, (line) => stderr += line + "\n"),
  ]);
  const ended = Promise.all([child.status, reading]).then(([status]) => status.code);
  const stop = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
    return await within(ended, () => `chat ${args.join(" ")} does not end: ${stderr}`);
  };
  return { printed, stderr: () => stderr, stop, [Symbol.asyncDispose]: async () => void await stop("SIGKILL") };
}
