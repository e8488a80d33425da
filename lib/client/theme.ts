/** How each part of the room looks: a dark and a light scheme, either without colours, and what a person changes in it. */
import { type ColorLevel, createStyles, type Style } from "../terminal/style.ts";
import { parseStyle } from "../terminal/style_spec.ts";

const DARK = {
  time: "dim",
  name: "bold",
  mine: "bold underline",
  mention: "bold inverse",
  queued: "dim",
  delayed: "yellow",
  note: "dim",
  trouble: "red",
  day: "dim",
  unread: "yellow",
  focus: "bold",
  status: "cyan",
  offline: "yellow",
  transfer: "cyan",
  side: "dim",
  prompt: "bold",
  placeholder: "dim",
  heading: "bold",
} as const;

export type Role = keyof typeof DARK;
export type Scheme = "dark" | "light";
export const ROLES = Object.keys(DARK) as readonly Role[];

/** Where dark on light needs other colours to be readable. */
const LIGHT: Readonly<Partial<Record<Role, string>>> = {
  status: "blue",
  transfer: "blue",
  delayed: "magenta",
  unread: "magenta",
  offline: "magenta",
};

export interface Theme extends Readonly<Record<Role, Style>> {
  readonly level: ColorLevel;
  /** The colour that belongs to an account. */
  readonly named: (account: number) => Style;
}

export interface ThemeOptions {
  readonly level: ColorLevel;
  readonly scheme?: Scheme;
  /** Styles as `style_spec.ts` reads them; one that is none is left out. */
  readonly changes?: ReadonlyMap<Role, string>;
}

export function createTheme({ level, scheme = "dark", changes = new Map() }: ThemeOptions): Theme {
  const { named } = createStyles(level);
  const style = (role: Role): Style => {
    const usual = (scheme === "light" ? LIGHT[role] : undefined) ?? DARK[role];
    return parseStyle(changes.get(role) ?? usual, level) ?? ((text) => text);
  };
  const roles = Object.fromEntries(ROLES.map((role) => [role, style(role)])) as Record<Role, Style>;
  return { ...roles, level, named: (account) => named(String(account)) };
}
