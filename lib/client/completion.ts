/**
 * What tab makes of the word before the caret: a command at the beginning of the line, somebody's name behind an @ or a
 * command about somebody, a role, or the path behind `/image` and `/file`.
 */
import { ROLES } from "../chat/act.ts";
import type { Account } from "../chat/types.ts";
import { SLASH_COMMANDS, unquote } from "./slash.ts";

/** A command that is about somebody, and what is written of their name. */
const ABOUT_SOMEBODY = /^(\/(?:kick|mute|unmute|ban|unban|role|last)\s+@?)([^@]*)$/;

/** Commands whose last word is one of a few. */
const LAST_WORDS = [
  { written: /^\/role\s+\S.*\s(\S*)$/, words: ROLES },
  { written: /^\/readonly\s+(\S*)$/, words: ["on", "off"] },
  { written: /^\/slow\s+([^\s\d]\S*)$/, words: ["off"] },
] as const;

/** A part of the text, and the words that could stand there. */
export interface Choices {
  readonly start: number;
  readonly end: number;
  /** Stands before each of the words: the folder of a path. */
  readonly prefix: string;
  readonly words: readonly string[];
  /** Put behind the word when it is the only one. */
  readonly ending: string;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The commands or names that the word before the caret begins; none when it is neither. */
export function commandChoices(text: string, caret: number, members: readonly Account[]): Choices {
  for (const { written, words } of LAST_WORDS) {
    const begun = written.exec(text.slice(0, caret))?.[1];
    if (begun === undefined) continue;
    const fitting = words.filter((one) => one.startsWith(begun));
    if (fitting.length > 0) return { start: caret - begun.length, end: caret, prefix: "", words: fitting, ending: "" };
  }
  const [, command, begun] = ABOUT_SOMEBODY.exec(text.slice(0, caret)) ?? [];
  if (command !== undefined && begun !== undefined) {
    // A name that several have says nothing: the number does.
    const words = members.filter(({ name }) => name.toLowerCase().startsWith(begun.toLowerCase())).map((member) =>
      members.some(({ name, account }) => name === member.name && account !== member.account)
        ? String(member.account)
        : member.name
    );
    return { start: command.length, end: caret, prefix: "", words: [...new Set(words)], ending: " " };
  }
  // Not every script puts a space before the @.
  const [word = ""] = /^\/\S*$|@[^\s@]*$/.exec(text.slice(0, caret)) ?? [];
  const start = caret - word.length;
  const candidates = word.startsWith("/")
    ? SLASH_COMMANDS.map(({ name }) => `/${name}`)
    : word.startsWith("@")
    ? members.map(({ name }) => `@${name}`)
    : [];
  const words = candidates.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
  return { start, end: caret, prefix: "", words, ending: " " };
}

/** The path that is being written before the caret: all that stands behind `/image` or `/file`. */
export function pathBefore(text: string, caret: number): { readonly start: number; readonly path: string } | undefined {
  const [, command, path] = /^(\/(?:image|file)\s+)(.*)$/s.exec(text.slice(0, caret)) ?? [];
  return command === undefined || path === undefined ? undefined : { start: command.length, path: unquote(path) };
}

/** The paths that the one before the caret begins, of the entries of its folder. Hidden ones only when asked for. */
export function pathChoices(text: string, caret: number, entries: readonly string[]): Choices {
  const { start, path } = pathBefore(text, caret) ?? { start: caret, path: "" };
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const name = path.slice(folder.length);
  const words = entries
    .filter((entry) => entry.startsWith(name) && (name !== "" || !entry.startsWith(".")))
    .toSorted()
    .map(escape);
  return { start, end: caret, prefix: escape(folder), words, ending: "" };
}

/** Whether a shortcode such as `:smi` stands before the caret. A colon behind a word or a digit is one of text or time. */
export function emojiBefore(text: string, caret: number): string | undefined {
  return /(?:^|[^\p{L}\p{N}:])(:[a-z0-9_+-]+:?)$/u.exec(text.slice(0, caret))?.[1];
}

/** The emoji whose shortcodes begin with the one before the caret: the emoji itself where only one is meant. */
export function emojiChoices(text: string, caret: number, names: Readonly<Record<string, string>>): Choices {
  const word = emojiBefore(text, caret) ?? "";
  const start = caret - word.length;
  const name = word.replaceAll(":", "");
  const exact = names[name];
  const begun = word === "" ? [] : Object.keys(names).filter((other) => other.startsWith(name)).toSorted();
  const whole = exact !== undefined && (word.endsWith(":") || begun.length === 1);
  const words = whole
    ? [exact]
    : begun.length === 1
    ? [names[begun[0] ?? ""] ?? ""]
    : begun.map((other) => `:${other}`);
  return { start, end: caret, prefix: "", words: words.slice(0, 40), ending: "" };
}

const escape = (path: string): string => path.replaceAll("\\", "\\\\");

/** What all the words have in common, when that is more than there is already. */
export function complete(text: string, { start, end, prefix, words, ending }: Choices): Completion | undefined {
  const [only] = words;
  if (only === undefined) return undefined;
  const written = text.slice(start, end);
  const completed = prefix + (words.length === 1 ? only + ending : commonPrefix(words));
  // A single word may be shorter than its shortcode; what several have in common only adds to what is written.
  const better = completed !== written && (words.length === 1 || completed.length >= written.length);
  return better ? { start, end, text: completed } : undefined;
}

function commonPrefix(words: readonly string[]): string {
  return words.reduce((prefix, word) => {
    let length = 0;
    while (length < prefix.length && prefix[length] === word[length]) length++;
    return prefix.slice(0, length);
  });
}
