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

/** Adds a subcommand to the program; `chosen` is called with its task when the arguments name it. */
export type Subcommand = (program: CommandUnknownOpts, chosen: (task: Task) => void) => void;
