/**
 * The commands that keep order, as they are typed in the room and in scripts: `/mute Bob 10m flooding`, `chat ban 203.0.113.0/24 1d`.
 * Somebody is named by their name, if that is one person's, or by their number. Pure.
 */
import { MAX_SANCTION_SECONDS, MAX_SLOW_SECONDS, ROLES, type Wish } from "../chat/act.ts";
import { parseRange } from "../chat/address_range.ts";
import type { Account } from "../chat/types.ts";

/** Every such command with its arguments. */
export const ORDER_COMMANDS = [
  { name: "kick", usage: "NAME [REASON]" },
  { name: "mute", usage: "NAME [10m] [REASON]" },
  { name: "unmute", usage: "NAME" },
  { name: "ban", usage: "NAME|RANGE [1d] [REASON]" },
  { name: "unban", usage: "NAME|RANGE" },
  { name: "delete", usage: "N [REASON]" },
  { name: "slow", usage: "SECONDS" },
  { name: "readonly", usage: "on|off" },
  { name: "role", usage: "NAME owner|moderator|member" },
] as const;
export type OrderName = typeof ORDER_COMMANDS[number]["name"];

export const isOrderName = (name: string): name is OrderName => ORDER_COMMANDS.some((one) => one.name === name);

export type Read =
  | { readonly wish: Wish }
  /** How it is written; that nobody is called so; or that several are. */
  | { readonly problem: "usage" | "nobody" | "several"; readonly about: string };

/** What a command asks for; `people` are those who can be named. */
export function readOrder(name: OrderName, argument: string, people: readonly Account[]): Read {
  const usage: Read = { problem: "usage", about: ORDER_COMMANDS.find((one) => one.name === name)?.usage ?? "" };
  switch (name) {
    case "slow": {
      const seconds = /^\d+$/.test(argument) ? Number(argument) : argument === "off" ? 0 : Infinity;
      return seconds <= MAX_SLOW_SECONDS ? { wish: { type: "slow", seconds } } : usage;
    }
    case "readonly":
      return /^(on|off)$/.test(argument) ? { wish: { type: "read-only", on: argument === "on" } } : usage;
    case "delete": {
      const [, number, reason] = /^#?(\d{1,15})(?:\s+(.+))?$/s.exec(argument) ?? [];
      return number === undefined || Number(number) === 0
        ? usage
        : { wish: { type: "delete", post: Number(number), ...why(reason) } };
    }
  }
  const [, first = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(argument) ?? [];
  if ((name === "ban" || name === "unban") && /[.:]/.test(first) && parseRange(first)) {
    if (name === "unban") return { wish: { type: "unban-range", range: first, ...why(rest) } };
    return { wish: { type: "ban-range", range: first, ...terms(rest) } };
  }
  const named = whoIs(argument, people);
  if ("problem" in named) return named.problem === "usage" ? usage : named;
  const { account } = named;
  switch (name) {
    case "mute":
    case "ban":
      return { wish: { type: name, account, ...terms(named.rest) } };
    case "kick":
    case "unmute":
    case "unban":
      return { wish: { type: name, account, ...why(named.rest) } };
    case "role": {
      const role = ROLES.find((one) => one === named.rest);
      return role ? { wish: { type: "role", account, role } } : usage;
    }
  }
}

type Named =
  | { readonly account: number; readonly rest: string }
  | { readonly problem: "usage" | "nobody" | "several"; readonly about: string };

/** Whom a text begins with, and what comes behind: the longest name that fits, since names may have spaces in them. */
export function whoIs(argument: string, people: readonly Account[]): Named {
  const text = argument.replace(/^@/, "");
  if (text.trim() === "") return { problem: "usage", about: "" };
  const folded = text.toLowerCase();
  const begins = (name: string) => folded.startsWith(name) && !/^\S/.test(folded.slice(name.length));
  const fitting = people
    .flatMap((person) => {
      const name = person.name.toLowerCase();
      return [`${name}(${person.account})`, name].filter(begins).map((found) => ({ person, length: found.length }));
    })
    .toSorted((a, b) => b.length - a.length);
  const [best] = fitting;
  if (best) {
    const others = fitting.filter(({ length, person }) =>
      length === best.length && person.account !== best.person.account
    );
    if (others.length > 0) return { problem: "several", about: best.person.name };
    return { account: best.person.account, rest: text.slice(best.length).trim() };
  }
  const [, number, rest = ""] = /^(\d{1,6})(?:\s+(.*))?$/s.exec(text) ?? [];
  if (number !== undefined) return { account: Number(number), rest: rest.trim() };
  return { problem: "nobody", about: text.split(/\s/)[0] ?? "" };
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** `10m flooding`: for how long, and why; without a duration until it is lifted. */
function terms(text: string): { readonly seconds?: number; readonly reason?: string } {
  const [, count, unit = "s", rest] = /^(\d{1,9})([smhdw])(?:\s+(.*))?$/is.exec(text) ?? [];
  if (count === undefined) return why(text);
  const seconds = Number(count) * UNITS[unit.toLowerCase() as keyof typeof UNITS];
  return { ...(seconds > 0 ? { seconds: Math.min(seconds, MAX_SANCTION_SECONDS) } : {}), ...why(rest) };
}

const why = (reason: string | undefined): { readonly reason?: string } =>
  reason === undefined || reason.trim() === "" ? {} : { reason: reason.trim() };
