/** Slash commands: what is typed into the room that is not said. */
import { type SchemeChoice, SCHEMES } from "./preferences.ts";
import { isOrderName, ORDER_COMMANDS, type OrderName } from "./order.ts";
import { parseQuiet, type Quiet } from "./quiet.ts";
import { en } from "./texts_en.ts";
import { type Language, LANGUAGES, type Texts } from "./texts.ts";

export type SlashCommand =
  | { readonly type: "help" | "who" | "quit" | "logout" | "devices" | "password" }
  /** A device by its number, or all of them. */
  | { readonly type: "revoke"; readonly device: number | undefined }
  | { readonly type: "image" | "file"; readonly path: string }
  | { readonly type: "save"; readonly number: number; readonly path: string | undefined }
  | { readonly type: "open"; readonly number: number }
  | { readonly type: "history"; readonly count: number }
  | { readonly type: "search"; readonly text: string }
  | { readonly type: "quiet"; readonly quiet: Quiet }
  | { readonly type: "theme"; readonly scheme: SchemeChoice }
  | { readonly type: "lang"; readonly language: Language }
  /** Keeps order; whom it is about is known where people are. */
  | { readonly type: "order"; readonly name: OrderName; readonly argument: string }
  | { readonly type: "last"; readonly name: string }
  | { readonly type: "roles" | "audit" }
  | { readonly type: "invite"; readonly uses: number | undefined; readonly days: number | undefined }
  | { readonly type: "owner"; readonly code: string }
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "wrong"; readonly reason: string };

/** Every command with its arguments, in the order in which help shows them. */
export const SLASH_COMMANDS = [
  { name: "help", usage: "/help" },
  { name: "who", usage: "/who" },
  { name: "image", usage: "/image PATH" },
  { name: "file", usage: "/file PATH" },
  { name: "save", usage: "/save N [PATH]" },
  { name: "open", usage: "/open N" },
  { name: "history", usage: "/history [COUNT]" },
  { name: "search", usage: "/search WORDS" },
  { name: "quiet", usage: "/quiet WHEN" },
  { name: "theme", usage: "/theme NAME" },
  { name: "lang", usage: "/lang LANGUAGE" },
  ...ORDER_COMMANDS.map(({ name, usage }) => ({ name, usage: `/${name} ${usage}` }) as const),
  { name: "last", usage: "/last [NAME]" },
  { name: "roles", usage: "/roles" },
  { name: "audit", usage: "/audit" },
  { name: "invite", usage: "/invite [USES] [DAYS]" },
  { name: "owner", usage: "/owner CODE" },
  { name: "devices", usage: "/devices" },
  { name: "password", usage: "/password" },
  { name: "logout", usage: "/logout [N|all]" },
  { name: "quit", usage: "/quit" },
] as const;

const DEFAULT_HISTORY = 50;
const wrong = (reason: string): SlashCommand => ({ type: "wrong", reason });

/** Reads a submitted line. A text that begins with a slash is said by doubling it: `//etc/hosts`. */
export function parseSlash(line: string, texts: Texts = en): SlashCommand {
  if (!line.startsWith("/")) return { type: "say", text: line };
  if (line.startsWith("//")) return { type: "say", text: line.slice(1) };
  const [, name = "", argument = ""] = /^\/(\S*)\s*([\s\S]*?)\s*$/.exec(line) ?? [];
  if (isOrderName(name)) return { type: "order", name, argument };
  switch (name) {
    case "help":
    case "who":
    case "roles":
    case "audit":
    case "quit":
    case "devices":
    case "password":
      return { type: name };
    case "logout": {
      if (argument === "") return { type: "logout" };
      if (argument === "all") return { type: "revoke", device: undefined };
      const [, number] = /^#?(\d{1,9})$/.exec(argument) ?? [];
      return number === undefined ? wrong(texts.wrong.device) : { type: "revoke", device: Number(number) };
    }
    case "image":
    case "file":
      return argument === "" ? wrong(texts.wrong.path(name)) : { type: name, path: unquote(argument) };
    case "save": {
      const [, number, path] = /^#?(\d+)(?:\s+(.+))?$/s.exec(argument) ?? [];
      if (number === undefined) return wrong(texts.wrong.number(name));
      return { type: "save", number: Number(number), path: path === undefined ? undefined : unquote(path) };
    }
    case "open": {
      const [, number] = /^#?(\d+)$/.exec(argument) ?? [];
      return number === undefined ? wrong(texts.wrong.number(name)) : { type: "open", number: Number(number) };
    }
    case "history":
      if (!/^\d{0,4}$/.test(argument)) return wrong(texts.wrong.history);
      return { type: "history", count: argument === "" ? DEFAULT_HISTORY : Math.max(1, Number(argument)) };
    case "search":
      return argument === "" ? wrong(texts.wrong.search) : { type: "search", text: argument };
    case "last":
      return { type: "last", name: argument };
    case "invite": {
      const [, uses, days] = /^(?:(\d{1,4})(?:\s+(\d{1,3}))?)?$/.exec(argument) ?? ["", "0"];
      if (uses !== undefined && Number(uses) === 0) return wrong(texts.wrong.invite);
      return { type: "invite", uses: optionalNumber(uses), days: optionalNumber(days) };
    }
    case "owner":
      return argument === "" ? wrong(texts.wrong.owner) : { type: "owner", code: argument };
    case "quiet": {
      const quiet = parseQuiet(argument === "" ? "on" : argument);
      return quiet ? { type: "quiet", quiet } : wrong(texts.wrong.quiet);
    }
    case "theme": {
      const scheme = SCHEMES.find((scheme) => scheme === argument.toLowerCase());
      return scheme ? { type: "theme", scheme } : wrong(texts.wrong.theme);
    }
    case "lang": {
      const language = LANGUAGES.find((language) => language === argument.toLowerCase());
      return language ? { type: "lang", language } : wrong(texts.wrong.lang);
    }
    default:
      return wrong(texts.wrong.unknown(name));
  }
}

const optionalNumber = (text: string | undefined): number | undefined => text === undefined ? undefined : Number(text);

/** A path as a file manager drops it: quoted, with its spaces escaped, or as a file: address. */
export function unquote(path: string): string {
  if (path.startsWith("file://")) {
    try {
      return decodeURIComponent(new URL(path).pathname);
    } catch {
      return path;
    }
  }
  const [, , quoted] = /^(["'])(.*)\1$/s.exec(path) ?? [];
  return quoted ?? path.replace(/\\(.)/gs, "$1");
}
