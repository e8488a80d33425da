/**
 * The operator's log: one line an event on standard error, as text for people or JSON for machines.
 *
 * It names who and which connection, never what was said, a password or a token. What a peer chose (a name, a client's version)
 * is escaped as JSON, so that it cannot move a cursor or begin a line of its own.
 */
import { visibleJson } from "../chat/visible_json.ts";

export type Level = "info" | "warn" | "error";
export type LogFormat = "text" | "json";
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: Level, event: string, fields?: Fields) => void;

export function createLog(format: LogFormat, write: (line: string) => void = toStandardError): Log {
  return (level, event, fields = {}) => {
    const time = new Date().toISOString();
    if (format === "json") return write(visibleJson({ time, level, event, ...fields }));
    const rest = Object.entries(fields).filter(([, value]) => value !== undefined);
    write([time, level.toUpperCase(), event, ...rest.map(([key, value]) => `${key}=${plain(value)}`)].join(" "));
  };
}

/** A value as it stands where it is a plain word, else quoted. */
function plain(value: Fields[string]): string {
  const text = String(value);
  return /^[\w.:/@+-]+$/.test(text) ? text : visibleJson(text);
}

const encoder = new TextEncoder();

function toStandardError(line: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(line + "\n"));
  } catch {
    // Whoever read the log has gone; the room goes on.
  }
}

/** What to say of something that was thrown. */
export const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
