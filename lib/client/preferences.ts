/**
 * What a person prefers: the language, the looks, the keys and the way to draw pictures. By flag, else by the file
 * `chat/config` in the configuration folder, else by what the environment suggests.
 */
import { parseConf } from "../files/conf.ts";
import { type Bindings, USUAL_BINDINGS } from "./bindings.ts";
import { UsageError } from "./failure.ts";
import { detectLanguage, type Language, LANGUAGES } from "./texts.ts";
import { type Role, ROLES, type ThemeOptions } from "./theme.ts";
import { parseStyle } from "../terminal/style_spec.ts";

export const IMAGE_WAYS = ["auto", "kitty", "iterm2", "sixel", "blocks", "none"] as const;
export type ImageWay = typeof IMAGE_WAYS[number];
export const SCHEMES = ["auto", "dark", "light", "none"] as const;
export type SchemeChoice = typeof SCHEMES[number];

export interface Preferences {
  readonly language: Language;
  readonly images: ImageWay;
  readonly scheme: SchemeChoice;
  readonly theme: Omit<ThemeOptions, "level">;
  readonly bindings: Bindings;
}

export interface PreferenceFlags {
  readonly lang?: string | undefined;
  readonly theme?: string | undefined;
  readonly images?: string | undefined;
}

/** `text` is the configuration file's, if there is one; `path` is named where it is wrong. */
export function readPreferences(
  flags: PreferenceFlags,
  { env, text = "", path = "" }: {
    readonly env: (name: string) => string | undefined;
    readonly text?: string | undefined;
    readonly path?: string;
  },
): Preferences {
  const bindings = new Map(USUAL_BINDINGS);
  const changes = new Map<Role, string>();
  let file: PreferenceFlags = {};
  for (const { key, value, line } of linesOf(text, path)) {
    const wrong = (why: string) => new UsageError(`${path}, line ${line}: ${why}`);
    const [, kind, name = ""] = /^(KEY|COLOR)_(.+)$/.exec(key) ?? [];
    if (kind === "KEY") {
      const chord = chordOf(name);
      if (value === "none") bindings.delete(chord);
      else bindings.set(chord, value.toLowerCase());
    } else if (kind === "COLOR") {
      const role = ROLES.find((role) => role.toUpperCase() === name);
      if (!role) throw wrong(`there is no ${name}; there are ${ROLES.join(", ")}`);
      if (!parseStyle(value, "truecolor")) throw wrong(`"${value}" is not a style, such as: bold #ffcc00 on black`);
      changes.set(role, value);
    } else if (key === "LANG" || key === "THEME" || key === "IMAGES") file = { ...file, [key.toLowerCase()]: value };
    else throw wrong(`there is no ${key}`);
  }
  const language = flags.lang ?? file.lang;
  const scheme = pick(flags.theme ?? file.theme ?? "auto", SCHEMES, "theme");
  return {
    language: language === undefined ? detectLanguage(env) : pick(language, LANGUAGES, "language"),
    images: pick(flags.images ?? file.images ?? "auto", IMAGE_WAYS, "way to draw pictures"),
    scheme,
    theme: { scheme: scheme === "light" ? "light" : "dark", changes },
    bindings,
  };
}

function linesOf(text: string, path: string) {
  try {
    return parseConf(text);
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `CTRL_G` is ctrl-g, `PAGE_UP` page-up. */
const chordOf = (name: string): string => name.toLowerCase().replaceAll("_", "-");

function pick<T extends string>(text: string, choices: readonly T[], what: string): T {
  const found = choices.find((choice) => choice === text.toLowerCase());
  if (found === undefined) throw new UsageError(`"${text}" is not a ${what}; there are ${choices.join(", ")}.`);
  return found;
}
