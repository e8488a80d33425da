/**
 * What the server can be told, as one table: the flags and their help, the names in the environment and in `server.conf`, the
 * type of the configuration, and the README's table are all made from it.
 *
 * An option `maxFile` is `--max-file` as a flag, `CHAT_MAX_FILE` in the environment and `MAX_FILE` in the file.
 */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { join } from "node:path";
import type { Retention } from "../../chat/retention.ts";
import { DEFAULT_MAX_FILE_BYTES, DEFAULT_MAX_TEXT_BYTES, MAX_TEXT_BYTES } from "../../protocol/limits.ts";
import { parseMysqlUrl } from "../../store/mysql_url.ts";
import { LIMIT_OPTIONS } from "../limits/limit_options.ts";
import { reasonOf } from "../log.ts";
import { LEVELS } from "../log_events.ts";
import { parseListenAddress } from "./parse_listen_address.ts";
import { parseMotd } from "./parse_motd.ts";
import { choice, type Folders, notEmpty, option, size, text, wholeNumber } from "./option_kinds.ts";
import { REGISTRATIONS } from "../access/registration.ts";
import { parseRetention } from "./parse_retention.ts";
import { TLS_OPTIONS } from "./tls_options.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export const OPTIONS = {
  host: text({ value: "<address>", what: "address to listen on", preset: "0.0.0.0" }),
  port: wholeNumber({ what: "port; 0 picks a free one", preset: 8888, max: 65_535 }),
  dataDir: option<string>({
    value: "<folder>",
    what: "where `image/`, `file/` and the embedded database are kept",
    preset: ({ dataDir }) => dataDir,
    shown: "the executable's folder",
    parse: notEmpty,
  }),
  database: option<string>({
    value: "<url>",
    what: "`sqlite:FILE` or `mysql://user:password@host:port/name`",
    preset: ({ dataDir }) => `sqlite:${join(dataDir, "chat.sqlite")}`,
    shown: "`sqlite:chat.sqlite` in the folder",
    parse: database,
  }),
  maxFile: size({ what: "largest file", preset: DEFAULT_MAX_FILE_BYTES, shown: "1G", max: 2 ** 50, live: true }),
  maxText: size({
    what: "longest message, in bytes of UTF-8",
    preset: DEFAULT_MAX_TEXT_BYTES,
    shown: "64K",
    max: MAX_TEXT_BYTES,
    live: true,
  }),
  log: choice({
    value: "<format>",
    what: "the log's form: `text` or `json`",
    preset: "text",
    choices: ["text", "json"],
    live: true,
  }),
  logLevel: choice({
    value: "<level>",
    what: "what is logged: `info` for everything, `warn` for what may need a look, `error` for what needs one",
    preset: "info",
    choices: LEVELS,
    live: true,
  }),
  motd: option<string>({
    value: "<text>",
    what: "message of the day, which people see as they come in; `@FILE` reads it from a file",
    preset: "",
    shown: "none",
    parse: parseMotd,
    live: true,
  }),
  durability: choice({
    value: "<level>",
    what: "what a power cut may take from the embedded database: " +
      "`full` nothing that was acknowledged, `normal` the last moments",
    preset: "full",
    choices: ["full", "normal"],
  }),
  ring: size({
    what: "a room's latest events in memory; who reads more slowly gets theirs from the database",
    preset: 64 * MIB,
    shown: "64M",
    min: MIB,
    max: 4 * GIB,
  }),
  sendq: size({
    what: "answers that one connection may leave unread before it is not listened to",
    preset: MIB,
    shown: "1M",
    min: 64 * KIB,
    max: GIB,
    live: true,
  }),
  retain: option<Retention>({
    value: "<rule>",
    what: "what is kept of a room: `all`, or `posts=NUMBER`, `days=NUMBER`, `bytes=SIZE` with commas between",
    preset: {},
    shown: "all",
    parse: parseRetention,
    live: true,
  }),
  metrics: option({
    value: "<address>",
    what: "`HOST:PORT` on which monitors find `/metrics`, `/healthz` and `/readyz`; for trusted networks only",
    preset: undefined,
    shown: "none",
    parse: parseListenAddress,
  }),
  registration: choice({
    value: "<who>",
    what: "who may make an account: `open` anybody, `invite` whoever has an invitation, `closed` nobody",
    preset: "open",
    choices: REGISTRATIONS,
  }),
  ...TLS_OPTIONS,
  ...LIMIT_OPTIONS,
} as const;

export type OptionName = keyof typeof OPTIONS;
/** The server's configuration: what each option of the table says. */
export type Config = { readonly [Name in OptionName]: ReturnType<(typeof OPTIONS)[Name]["parse"]> };

/** `maxFile` as it is written behind two dashes: `max-file`. */
export const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** `maxFile` as it is written in `server.conf`, and behind `CHAT_` in the environment: `MAX_FILE`. */
export const keyOf = (name: string): string => flagOf(name).replaceAll("-", "_").toUpperCase();

/** The defaults of all options, given where data goes. */
export function presets(folders: Folders): Config {
  const rows = Object.entries(OPTIONS).map(([name, { preset }]) =>
    [name, typeof preset === "function" ? preset(folders) : preset] as const
  );
  return Object.fromEntries(rows) as Config;
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
