/** Who is measured: a server that can be started as often as needed, in a folder of its own that goes with it. */
import type { Dialect } from "../load.ts";

export type ContestantName =
  | "ours"
  | "ours on MariaDB"
  | "ours over TLS"
  | "ours, old clients"
  | "reference"
  | "ngircd"
  | "InspIRCd";

export interface Running extends AsyncDisposable {
  readonly port: number;
  /** Its processes, whose CPU time is counted; the database's among them where it is one of its own. */
  readonly pids: readonly number[];
}

export interface StartOptions {
  /** Accounts that exist, from 1000 on. */
  readonly accounts: number;
  /** More arguments for our server. */
  readonly args?: readonly string[];
}

export interface Contestant {
  readonly name: ContestantName;
  readonly dialect: Dialect;
  readonly tls?: boolean;
  /** The longest body that it can carry, in bytes. */
  readonly longest: number;
  /** Members that it lets in at once without some of them waiting for seconds. */
  readonly concurrency: number;
  start(options: StartOptions): Promise<Running>;
}

/** A temporary folder that is removed with `stack`. */
export async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "chat-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  return folder;
}
