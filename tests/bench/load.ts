/**
 * The load generator as a process: told what to do line by line, answering with one JSON object each (load/flow.c).
 *
 * It checks every delivery. Whatever was lost, doubled, out of order or damaged, and every connection that broke, is an error
 * here, and ends the run.
 */
import { eachLine } from "../support/lines.ts";
import { within } from "../support/within.ts";

export type Dialect = "modern" | "legacy" | "irc" | "plain";

export interface LoadOptions {
  readonly dialect: Dialect;
  readonly port: number;
  readonly members: number;
  /** Different accounts among the members. */
  readonly accounts?: number;
  readonly firstAccount?: number;
  /** The most that send in any phase; 0 for an audience of others, whose texts are not looked at. */
  readonly senders?: number;
  /** Loopback addresses that they come from. */
  readonly sources?: number;
  /** Members that connect at once. */
  readonly concurrency?: number;
  readonly join?: boolean;
  /** Whether to connect at all before the first command. */
  readonly open?: boolean;
  readonly password?: boolean;
  /** Whether to speak TLS, without looking at the certificate. */
  readonly tls?: boolean;
  /** Whether the senders may have talked before. */
  readonly late?: boolean;
  readonly receiveBuffer?: number;
  /** Bytes a second that each member reads. */
  readonly readRate?: number;
  /** Processes whose CPU time each phase reports. */
  readonly pids?: readonly number[];
}

/** Microseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface Opened {
  readonly ready: number;
  readonly greeted: number;
  readonly retries: number;
  readonly greetedSeconds: number;
  readonly readySeconds: number;
  /** When the last one was ready: milliseconds since 1970-01-01 UTC. */
  readonly readyAt: number;
  readonly slowestGreeting: number;
}

export interface Phase {
  readonly messages: number;
  readonly deliveries: number;
  readonly acknowledged: number;
  readonly seconds: number;
  /** CPU seconds of the servers and of the generator. */
  readonly serverCpu: number;
  readonly ownCpu: number;
  readonly latency: Latency;
  readonly behind: number;
}

export interface Drained {
  readonly deliveries: number;
  /** Times that a member was told that it reads too slowly. */
  readonly behind: number;
}

/** Of all connections since the start, without what TLS adds. */
export interface Bytes {
  readonly received: number;
  readonly sent: number;
  /** Of events and presence, headers included. */
  readonly room: number;
}

export interface Pages {
  readonly pages: number;
  readonly events: number;
  readonly seconds: number;
  readonly serverCpu: number;
  readonly latency: Latency;
}

export interface Logins {
  readonly logins: number;
  /** Times that the server asked to come again later. */
  readonly busy: number;
  readonly seconds: number;
  readonly serverCpu: number;
  readonly latency: Latency;
}

interface Faults {
  readonly faults: Readonly<Record<string, number>>;
  readonly error: string;
}

/** A phase takes a minute at the most, patience for lost messages included. */
const ANSWER_MS = 150_000;

export class LoadError extends Error {
  override readonly name = "LoadError";
}

export class Load implements AsyncDisposable {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #answers: string[] = [];
  readonly #name: string;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended: Promise<unknown>;
  #arrived = Promise.withResolvers<void>();
  #over = false;

  private constructor(program: string, options: LoadOptions) {
    this.#child = new Deno.Command(program, {
      args: argumentsOf(options),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.pid = this.#child.pid;
    this.#name = `${options.members} × ${options.dialect}`;
    this.#writer = this.#child.stdin.getWriter();
    const reading = eachLine(this.#child.stdout, (line) => {
      this.#answers.push(line);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
    this.#ended = Promise.all([this.#child.status, reading]).then(() => {
      this.#over = true;
      this.#arrived.resolve();
    });
  }

  /** Connects all members. Throws when one is refused or lost. */
  static async open(program: string, options: LoadOptions): Promise<{ readonly load: Load; readonly opened: Opened }> {
    const load = new Load(program, options);
    try {
      const opened = await load.#answer<Opened>();
      if (options.open !== false && opened.ready !== options.members) {
        throw new LoadError(`${load.#name}: only ${opened.ready} of ${options.members} members are there`);
      }
      return { load, opened };
    } catch (error) {
      await load[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Senders that always have `window` messages in flight. */
  flow(options: FlowOptions): Promise<Phase> {
    return this.#ask("flow", { ...options });
  }

  /** `rate` messages a second in all, whatever comes back. */
  pace(options: PaceOptions): Promise<Phase> {
    return this.#ask("pace", { ...options });
  }

  /** Waits for the last messages of so many senders of another generator, in so many phases. */
  drain(options: { readonly senders: number; readonly phases: number }): Promise<Drained> {
    return this.#ask("drain", { ...options });
  }

  /** What has come and gone so far. */
  bytes(): Promise<Bytes> {
    return this.#ask("bytes", {});
  }

  pages(options: { readonly count: number; readonly head: number }): Promise<Pages> {
    return this.#ask("pages", { ...options });
  }

  logins(options: { readonly seconds: number; readonly count?: number }): Promise<Logins> {
    return this.#ask("logins", { ...options });
  }

  /** All members connect again at once. */
  rejoin(port: number): Promise<Opened> {
    return this.#ask("rejoin", { port });
  }

  /** Members read all there is from now on. */
  async full(): Promise<void> {
    await this.#ask("full", {});
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#child.kill("SIGKILL");
    await this.#ended;
    await this.#writer.close().catch(() => {});
  }

  async #ask<T>(name: string, options: Readonly<Record<string, number | undefined>>): Promise<T> {
    const words = Object.entries(options).filter(([, value]) => value !== undefined).map(([key, value]) =>
      `${key}=${value}`
    );
    await this.#writer.write(new TextEncoder().encode([name, ...words].join(" ") + "\n"));
    return await this.#answer();
  }

  async #answer<T>(): Promise<T> {
    const answer = await within(this.#next(), `an answer of the load generator (${this.#name})`, ANSWER_MS);
    if (answer === undefined) throw new LoadError(`${this.#name}: the load generator has ended`);
    const { faults = {}, error = "", ...result } = JSON.parse(answer) as Partial<Faults> & T;
    const wrong = Object.entries(faults).filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
    if (wrong.length > 0) throw new LoadError(`${this.#name}: ${wrong.join(", ")}${error ? ` (${error})` : ""}`);
    return result as T;
  }

  async #next(): Promise<string | undefined> {
    while (this.#answers.length === 0 && !this.#over) await this.#arrived.promise;
    return this.#answers.shift();
  }
}

export interface FlowOptions {
  readonly senders: number;
  readonly window: number;
  /** Bytes of a body. */
  readonly size: number;
  readonly seconds: number;
}

export interface PaceOptions {
  readonly senders: number;
  /** Messages a second, all senders together. */
  readonly rate: number;
  readonly size: number;
  readonly seconds: number;
}

function argumentsOf(options: LoadOptions): string[] {
  const {
    dialect,
    port,
    members,
    pids = [],
    join = true,
    open = true,
    password = false,
    late = false,
    tls = false,
    ...rest
  } = options;
  const named: Readonly<Record<string, number | string | undefined>> = {
    dialect,
    port,
    members,
    accounts: rest.accounts,
    "first-account": rest.firstAccount,
    senders: rest.senders,
    sources: rest.sources,
    concurrency: rest.concurrency,
    rcvbuf: rest.receiveBuffer,
    "read-rate": rest.readRate,
  };
  return [
    ...Object.entries(named).flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, String(value)]),
    ...pids.flatMap((pid) => ["--pid", String(pid)]),
    ...(join ? [] : ["--no-join"]),
    ...(open ? [] : ["--no-open"]),
    ...(password ? ["--password"] : []),
    ...(late ? ["--late"] : []),
    ...(tls ? ["--tls"] : []),
  ];
}
