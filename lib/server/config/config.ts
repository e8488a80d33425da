/**
 * What the arguments ask for. An option is told by its flag, else by the environment, else by its line in `server.conf`, else it
 * has its default; `options.ts` says which there are.
 */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { dirname, join } from "node:path";
import { type ConfLine, parseConf } from "../../files/conf.ts";
import { reasonOf } from "../log.ts";
import type { Folders } from "./option_kinds.ts";
import { type Config, flagOf, keyOf, type OptionName, OPTIONS, presets } from "./options.ts";
import type { Texts } from "./reload.ts";
import { SUBCOMMANDS } from "./subcommands.ts";
import type { Chosen, Excuse, Printer, Task } from "./task.ts";

/** What to do instead of serving: print something and leave. */
export interface Exit {
  readonly code: number;
  readonly output: string;
}

export interface ConfigSources extends Folders {
  readonly args: readonly string[];
  readonly version: string;
  /** Where `server.conf` stands unless it is named. */
  readonly home: string;
  readonly readFile: (path: string) => string | undefined;
}

/** An executable keeps everything beside itself; from sources, data goes into a folder that git ignores. */
export function defaultFolders(): Pick<ConfigSources, "home" | "dataDir"> {
  const home = Deno.build.standalone ? dirname(Deno.execPath()) : Deno.cwd();
  return { home, dataDir: Deno.build.standalone ? home : join(home, ".data") };
}

export function readTextFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What the arguments ask for: to serve, to do a subcommand's task instead, or nothing that can be done. */
export type Asked =
  | { readonly config: Config; readonly texts: Texts; readonly takeOver: boolean; readonly task?: Task }
  /** The configuration is wrong, and the subcommand has something to say of that. */
  | { readonly excuse: (printer: Printer) => number | Promise<number> }
  | { readonly exit: Exit };

export function readConfig(sources: ConfigSources): Asked {
  let output = "";
  let task: Task | undefined, excuse: Excuse | undefined;
  const heard: Partial<Record<OptionName, string>> = {};
  const command = createCommand({
    version: sources.version,
    heard: (name, text) => heard[name] = text,
    write: (text) => output += text,
    chosen: (one, its) => [task, excuse] = [one, its],
  });
  try {
    command.parse(sources.args, { from: "user" });
    const { config: named, checkConfig, takeOver = false, ...given }: Told = command.opts();
    if (checkConfig) {
      task = (_, { print }) => (print("The configuration is right."), 0);
      excuse = ({ reason }, { complain }) => (complain(`chat-server: ${reason}`), 1);
    }
    const conf = confValues(sources, named);
    const told = { ...conf.values, ...given };
    const config = { ...presets({ dataDir: told.dataDir ?? sources.dataDir }), ...told };
    const texts = { ...SHOWN, ...conf.texts, ...heard };
    return { config, texts, takeOver, ...(task === undefined ? {} : { task }) };
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const reason = withoutPassword(reasonOf(error)), say = excuse;
      const dataDir = dataDirOf(sources, command.opts());
      if (say) return { excuse: (printer) => say({ reason, dataDir }, printer) };
      return { exit: { code: 2, output: `chat-server: ${reason}\n` } };
    }
    return { exit: { code: error.exitCode === 0 ? 0 : 2, output: withoutPassword(output) } };
  }
}

/** What is shown of each option that nobody has told. */
const SHOWN = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, { shown }]) => [name, shown.replaceAll("`", "")]),
) as Texts;

export interface CommandOptions {
  readonly version: string;
  /** Called with what a flag or the environment tells an option, as it is written. */
  readonly heard?: (name: OptionName, text: string) => void;
  /** Takes what commander has to say: help, or what is wrong with the arguments. */
  readonly write: (text: string) => void;
  /** Called with the task of the subcommand that the arguments name, if they name one. */
  readonly chosen: Chosen;
}

/** The program as commander knows it, with its options and subcommands: its help and all that is made from that. */
export function createCommand({ version, write, chosen, heard }: CommandOptions): Command {
  const command = new Command("chat-server")
    .description("Serves a chat room: one executable, one folder of data.")
    .version(version)
    .helpOption("--help", "show this and exit")
    .allowExcessArguments(false)
    // With subcommands beside it, what the program does without one has to be said to be something.
    .action(() => {})
    // Subcommands inherit both, so they come first.
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .addHelpText(
      "after",
      `\nIn server.conf an option is written without its dashes: DATA_DIR=/srv/chat, MAX_FILE=2G.\n`,
    );
  for (const [name, { value, what, shown, parse }] of Object.entries(OPTIONS)) {
    const description = `${what} (default: ${shown})`.replaceAll("`", "");
    const hear = (text: string): unknown => {
      heard?.(name as OptionName, text);
      return parse(text);
    };
    command.addOption(
      new Option(`--${flagOf(name)} ${value}`, description).env(`CHAT_${keyOf(name)}`).argParser(hear),
    );
  }
  command.addOption(
    new Option("--config <file>", "file of KEY=VALUE lines (default: server.conf beside the executable)")
      .env("CHAT_CONFIG"),
  );
  command.option("--check-config", "say whether the configuration is right, and leave");
  command.option("--take-over", "take the place of the server that runs on the same data, without refusing anybody");
  for (const add of SUBCOMMANDS) add(command, chosen);
  return command;
}

/** What flags and environment say. */
type Told = Partial<Config> & {
  readonly config?: string;
  readonly checkConfig?: true;
  readonly takeOver?: boolean;
};

/** What the configuration file says. All of its lines have to be right, also those that something stronger overrules. */
function confValues(
  { home, readFile }: ConfigSources,
  named?: string,
): { readonly values: Partial<Config>; readonly texts: Partial<Texts> } {
  const path = named ?? join(home, "server.conf");
  const text = readFile(path);
  if (text === undefined) {
    if (named !== undefined) throw new Error(`Cannot read ${path}: there is no such file.`);
    return { values: {}, texts: {} };
  }
  const known = new Map(Object.keys(OPTIONS).map((name) => [keyOf(name), name as OptionName]));
  const values: Record<string, unknown> = {};
  const texts: Partial<Record<OptionName, string>> = {};
  for (const { key, value, line } of linesOf(path, text)) {
    const name = known.get(key);
    if (!name) throw new Error(`Cannot read ${path}, line ${line}: there is no option ${key}.`);
    try {
      values[name] = OPTIONS[name].parse(value);
      texts[name] = value;
    } catch (error) {
      throw new Error(`Cannot read ${path}, line ${line}: ${key}: ${reasonOf(error)}`);
    }
  }
  return { values: values as Partial<Config>, texts };
}

/** Where the data is, also where something else in the file is wrong: who asks the running server has to find it. */
function dataDirOf({ home, dataDir, readFile }: ConfigSources, told: Told): string {
  if (told.dataDir !== undefined) return told.dataDir;
  try {
    const text = readFile(told.config ?? join(home, "server.conf")) ?? "";
    const [, quoted, plain] = /^\s*DATA_DIR\s*=\s*(?:"(.+)"|'?(.+?)'?)\s*$/im.exec(text) ?? [];
    return quoted ?? plain ?? dataDir;
  } catch {
    return dataDir;
  }
}

function linesOf(path: string, text: string): ConfLine[] {
  try {
    return parseConf(text);
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${reasonOf(error)}.`);
  }
}

/** A wrong value is shown as it was given, but not the password of a database in it. */
export const withoutPassword = (text: string): string => text.replace(/(\b\w+:\/\/[^\s/@']*?:)[^\s']*@/g, "$1…@");
