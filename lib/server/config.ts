/**
 * What the server can be told: by flag, else by environment (`CHAT_PORT`), else by a line `PORT=8888` in `server.conf`,
 * else a default. One table makes the flags, the help, the names in the environment and in the file.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { dirname, join } from "node:path";
import type { Retention } from "../chat/retention.ts";
import { DEFAULT_MAX_FILE_BYTES, DEFAULT_MAX_TEXT_BYTES, MAX_TEXT_BYTES } from "../protocol/limits.ts";
import { type ConfLine, parseConf } from "../files/conf.ts";
import { parseMysqlUrl } from "../store/mysql_url.ts";
import { addAccountCommand, type ImportOptions } from "./account_command.ts";
import type { ImportRequest } from "./account_import.ts";
import { type LogFormat, reasonOf } from "./log.ts";
import { parseRetention } from "./parse_retention.ts";
import { parseSize } from "../files/size.ts";

const MIB = 1024 * 1024;

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where images, files and the embedded database are kept. */
  readonly dataDir: string;
  readonly database: string;
  readonly maxFile: number;
  readonly maxText: number;
  readonly log: LogFormat;
  /** What a power cut may take from the embedded database. */
  readonly durability: "full" | "normal";
  /** Bytes of a room's latest events that are kept in memory. */
  readonly ring: number;
  /** How much of a room is kept: all of it unless there is a rule. */
  readonly retain: Retention;
  /** Bytes of answers to one connection above which it is not read from. */
  readonly sendq: number;
}

/** What to do instead of serving: print something and leave. */
export interface Exit {
  readonly code: number;
  readonly output: string;
}

export interface ConfigSources {
  readonly args: readonly string[];
  readonly version: string;
  /** Where `server.conf` stands unless it is named. */
  readonly home: string;
  /** Where data goes unless that is named. */
  readonly dataDir: string;
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

/** What the arguments ask for: to serve, to import accounts instead, or nothing that can be done. */
export type Asked =
  | { readonly config: Config }
  | { readonly importing: ImportRequest }
  | { readonly exit: Exit };

export function readConfig(sources: ConfigSources): Asked {
  let output = "";
  let importing: ImportOptions | undefined;
  const command = createCommand(sources)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output += text, writeErr: (text) => output += text });
  addAccountCommand(command, (options) => importing = options);
  try {
    command.parse(sources.args, { from: "user" });
    applyConf(command, sources);
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      return { exit: { code: 2, output: withoutPassword(`chat-server: ${reasonOf(error)}\n`) } };
    }
    return { exit: { code: error.exitCode === 0 ? 0 : 2, output: withoutPassword(output) } };
  }
  const options = command.opts();
  const { dataDir } = options;
  const database = options.database ?? `sqlite:${join(dataDir, "chat.sqlite")}`;
  if (importing) return importFrom(importing, database);
  return {
    config: {
      host: options.host,
      port: options.port,
      dataDir,
      database,
      maxFile: options.maxFile,
      maxText: options.maxText,
      log: options.log,
      durability: options.durability,
      ring: options.ring,
      retain: options.retain,
      sendq: options.sendq,
    },
  };
}

/** The original's accounts are in the database that ours go to, unless another place is named. */
function importFrom({ from = "", json }: ImportOptions, database: string): Asked {
  const source = from === "" ? database : from;
  if (!source.startsWith("sqlite:")) return { importing: { from: source, database, json } };
  const output = "chat-server: Cannot import: name the original's database or a dump of it with --from.\n";
  return { exit: { code: 2, output } };
}

function createCommand({ version, dataDir }: ConfigSources) {
  return new Command("chat-server")
    .description("Serves a chat room: one executable, one folder of data.")
    .version(version)
    .helpOption("--help", "show this and exit")
    .allowExcessArguments(false)
    // With subcommands beside it, what the program does without one has to be said to be something.
    .action(() => {})
    .addOption(
      new Option("--host <address>", "address to listen on").env("CHAT_HOST").default("0.0.0.0").argParser(notEmpty),
    )
    .addOption(new Option("--port <number>", "port; 0 picks a free one").env("CHAT_PORT").default(8888).argParser(port))
    .addOption(
      new Option("--data-dir <folder>", "where image/, file/ and the embedded database are kept")
        .env("CHAT_DATA_DIR").default(dataDir).argParser(notEmpty),
    )
    .addOption(
      new Option(
        "--database <url>",
        "sqlite:FILE, or mysql://user:password@host:port/name (default: sqlite:chat.sqlite in the data folder)",
      ).env("CHAT_DATABASE").argParser(database),
    )
    .addOption(
      new Option("--max-file <size>", "largest file").env("CHAT_MAX_FILE").default(DEFAULT_MAX_FILE_BYTES, "1G")
        .argParser((text) => size(text, { max: 2 ** 50 })),
    )
    .addOption(
      new Option("--max-text <size>", "longest text").env("CHAT_MAX_TEXT").default(DEFAULT_MAX_TEXT_BYTES, "64K")
        .argParser((text) => size(text, { max: MAX_TEXT_BYTES })),
    )
    .addOption(
      new Option("--log <format>", "the log's form").env("CHAT_LOG").choices(["text", "json"] as const)
        .default("text" as const),
    )
    .addOption(
      new Option("--durability <level>", "what a power cut may take from sqlite: nothing, or the last moments")
        .env("CHAT_DURABILITY").choices(["full", "normal"] as const).default("full" as const),
    )
    .addOption(
      new Option("--ring <size>", "a room's latest events kept in memory; slower readers get theirs from the database")
        .env("CHAT_RING").default(64 * MIB, "64M").argParser((text) => size(text, { min: MIB, max: 4096 * MIB })),
    )
    .addOption(
      new Option("--sendq <size>", "answers that one connection may leave unread before it is not listened to")
        .env("CHAT_SENDQ").default(MIB, "1M").argParser((text) => size(text, { min: 64 * 1024, max: 1024 * MIB })),
    )
    .addOption(
      new Option(
        "--retain <rule>",
        "what is kept of a room: all, or posts=NUMBER, days=NUMBER, bytes=SIZE with commas between",
      )
        .env("CHAT_RETAIN").default({}, "all").argParser(parseRetention),
    )
    .addOption(
      new Option("--config <file>", "file of KEY=VALUE lines (default: server.conf beside the executable)")
        .env("CHAT_CONFIG").argParser(notEmpty),
    )
    .addHelpText(
      "after",
      `\nIn server.conf an option is written without its dashes: DATA_DIR=/srv/chat, MAX_FILE=2G.\n`,
    );
}

/** Reads the configuration file into the options that nothing stronger has set; its other lines have to be right, too. */
function applyConf(command: ReturnType<typeof createCommand>, { home, readFile }: ConfigSources): void {
  const named = command.opts().config;
  const path = named ?? join(home, "server.conf");
  const text = readFile(path);
  if (text === undefined) {
    if (named !== undefined) throw new Error(`Cannot read ${path}: there is no such file.`);
    return;
  }
  const options = command.options.filter((option) => option.required && option.name() !== "config");
  const known = new Map(options.map((option) => [option.name().replaceAll("-", "_").toUpperCase(), option]));
  for (const { key, value, line } of linesOf(path, text)) {
    const option = known.get(key);
    if (!option) throw new Error(`Cannot read ${path}, line ${line}: there is no option ${key}.`);
    const choices = option.argChoices;
    if (choices && !choices.includes(value)) {
      throw new Error(`Cannot read ${path}, line ${line}: ${key} is one of ${choices.join(", ")}.`);
    }
    const name = option.attributeName() as keyof ReturnType<typeof command.opts>;
    const source = command.getOptionValueSource(name);
    try {
      const parsed = option.parseArg ? option.parseArg(value, undefined as never) : value;
      if (source === undefined || source === "default" || source === "config") {
        command.setOptionValueWithSource(name, parsed as never, "config");
      }
    } catch (error) {
      throw new Error(`Cannot read ${path}, line ${line}: ${key}: ${reasonOf(error)}`);
    }
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
const withoutPassword = (text: string): string => text.replace(/('\w+:\/\/[^\s/@']*?:)[^\s']*@/g, "$1…@");

function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return value;
}

function size(text: string, { min = 1, max }: { readonly min?: number; readonly max: number }): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < min || bytes > max) {
    throw new InvalidArgumentError(
      `A size is written like 65536, 64K or 1.5G; here it is from ${min} to ${max} bytes.`,
    );
  }
  return bytes;
}

function database(text: string): string {
  if (!/^(sqlite:.|(mysql|mariadb):\/\/.)/.test(text)) {
    throw new InvalidArgumentError("It is sqlite:FILE or mysql://user:password@host:port/name.");
  }
  if (!text.startsWith("sqlite:")) {
    try {
      parseMysqlUrl(text);
    } catch (error) {
      throw new InvalidArgumentError(reasonOf(error));
    }
  }
  return text;
}
