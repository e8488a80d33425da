/** A server under load: a process with as many descriptors as it may have, that says where it listens. */
import { join } from "node:path";
import { eachLine } from "../support/lines.ts";
import { within } from "../support/within.ts";

/** Enough for 20,000 connections and what a server needs besides. */
const DESCRIPTORS = 65_536;

export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** When it said that it listens: milliseconds since 1970-01-01 UTC. */
  readonly listeningAt: number;
  /** When it was started. */
  readonly startedAt: number;
  /** How it ended, once it has. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Sends a signal and waits for the end. */
  stop(signal: Deno.Signal): Promise<void>;
}

export interface ServerProcessOptions {
  readonly command: readonly string[];
  /** Where what it writes to standard error goes. */
  readonly folder: string;
}

/** Starts a server that prints `listening on HOST:PORT`. */
export async function startProcess({ command, folder }: ServerProcessOptions): Promise<ServerProcess> {
  const log = join(folder, "server.log");
  const startedAt = Date.now();
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      `ulimit -n ${DESCRIPTORS} 2>/dev/null || ulimit -n $(ulimit -H -n); exec "$@" 2>>"$0"`,
      log,
      ...command,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const listening = Promise.withResolvers<{ readonly port: number; readonly at: number }>();
  const reading = eachLine(child.stdout, (line) => {
    const [, port] = /^listening on .*:(\d+)$/.exec(line) ?? [];
    if (port !== undefined) listening.resolve({ port: Number(port), at: Date.now() });
  });
  const ended = Promise.all([child.status, reading]).then(([status]) => status);
  ended.then(() => listening.reject(new Error("it ended")));
  const stop = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
    await within(ended, `the end of ${command[0]}`, 30_000);
  };
  try {
    const { port, at } = await within(listening.promise, `${command[0]} to listen`, 60_000);
    const dispose = () => stop("SIGKILL");
    return { pid: child.pid, port, listeningAt: at, startedAt, ended, stop, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await stop("SIGKILL");
    throw new Error(`Cannot start ${command[0]}: ${error}\n${await Deno.readTextFile(log).catch(() => "")}`);
  }
}

/** Resident bytes of a process. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}
