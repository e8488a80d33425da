/** Slash commands: what is typed into the room that is not said. */

export type SlashCommand =
  | { readonly type: "help" | "who" | "quit" }
  | { readonly type: "image" | "file"; readonly path: string }
  | { readonly type: "save"; readonly number: number; readonly path: string | undefined }
  | { readonly type: "history"; readonly count: number }
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "wrong"; readonly reason: string };

/** Every command with its arguments and its meaning, in the order in which help shows them. */
export const SLASH_COMMANDS: readonly { readonly name: string; readonly usage: string; readonly help: string }[] = [
  { name: "/help", usage: "/help", help: "show this" },
  { name: "/who", usage: "/who", help: "who is here, and since when" },
  { name: "/image", usage: "/image PATH", help: "send a picture" },
  { name: "/file", usage: "/file PATH", help: "send a file" },
  { name: "/save", usage: "/save N [PATH]", help: "fetch file N and keep it" },
  { name: "/history", usage: "/history [COUNT]", help: "show what was said before" },
  { name: "/quit", usage: "/quit", help: "leave" },
];

const DEFAULT_HISTORY = 50;
const wrong = (reason: string): SlashCommand => ({ type: "wrong", reason });

/** Reads a submitted line. A text that begins with a slash is said by doubling it: `//etc/hosts`. */
export function parseSlash(line: string): SlashCommand {
  if (!line.startsWith("/")) return { type: "say", text: line };
  if (line.startsWith("//")) return { type: "say", text: line.slice(1) };
  const [, name = "", argument = ""] = /^\/(\S*)\s*([\s\S]*?)\s*$/.exec(line) ?? [];
  switch (name) {
    case "help":
    case "who":
    case "quit":
      return { type: name };
    case "image":
    case "file":
      return argument === "" ? wrong(`Say which: /${name} PATH`) : { type: name, path: unquote(argument) };
    case "save": {
      const [, number, path] = /^#?(\d+)(?:\s+(.+))?$/s.exec(argument) ?? [];
      if (number === undefined) return wrong("Say which: /save N, with the number that stands beside the file");
      return { type: "save", number: Number(number), path: path === undefined ? undefined : unquote(path) };
    }
    case "history":
      if (!/^\d{0,4}$/.test(argument)) return wrong("Say how many: /history 50");
      return { type: "history", count: argument === "" ? DEFAULT_HISTORY : Math.max(1, Number(argument)) };
    default:
      return wrong(`There is no command /${name}; /help shows those that there are. To say it, write //${name}`);
  }
}

/** A path as a file manager drops it: quoted, or with its spaces escaped. */
export function unquote(path: string): string {
  const [, , quoted] = /^(["'])(.*)\1$/s.exec(path) ?? [];
  return quoted ?? path.replace(/\\(.)/gs, "$1");
}
