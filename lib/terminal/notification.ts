/**
 * Telling the desktop of something, and the window its title: OSC sequences that a terminal passes over which does not
 * know them. What they carry must be sanitized already; it is cut, since both stand in small places.
 */
import { truncate } from "./text.ts";

const MAX_TITLE = 60;
const MAX_BODY = 120;

export interface Notice {
  readonly title: string;
  readonly body: string;
}

/** rxvt, foot and the terminals on VTE know OSC 777, the others OSC 9; never both, or the notice comes twice. */
export function notification({ title, body }: Notice, env: (name: string) => string | undefined): string {
  const [head, text] = [clean(truncate(title, MAX_TITLE)), clean(truncate(body, MAX_BODY))];
  const split = /^(rxvt|foot)/.test(env("TERM") ?? "") || env("VTE_VERSION") !== undefined;
  const notice = split ? `777;notify;${head.replaceAll(";", ",")};${text}` : `9;${head}: ${text}`;
  return `\x1b]${notice}\x1b\\`;
}

export const setTitle = (title: string): string => `\x1b]2;${clean(truncate(title, MAX_TITLE))}\x1b\\`;

// deno-lint-ignore no-control-regex -- an escape sequence would end here
const clean = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f]/g, " ");
