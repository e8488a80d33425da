/** What a subcommand of `chat-server` is. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Config } from "./options.ts";

export interface Printer {
  /** A line of the result. */
  readonly print: (line: string) => void;
  /** A line for whoever has to do something about it. */
  readonly complain: (line: string) => void;
}

/** Does what a subcommand is for; the exit code: 0 when all of it was done, 1 when not, 2 for wrong usage. */
export type Task = (config: Config, printer: Printer) => number | Promise<number>;

/** A configuration that cannot be used. */
export interface Unusable {
  readonly reason: string;
  /** Where the data is all the same, as far as it was told. */
  readonly dataDir: string;
}

/** What a subcommand does with a configuration that cannot be used, in place of its task: its exit code. */
export type Excuse = (unusable: Unusable, printer: Printer) => number | Promise<number>;

/** Called with the task that the arguments name. Without an excuse a wrong configuration is the end of it, with code 2. */
export type Chosen = (task: Task, excuse?: Excuse) => void;

/** Adds a subcommand to the program. */
export type Subcommand = (program: CommandUnknownOpts, chosen: Chosen) => void;
