/**
 * The operator's log: one line an event on standard error, as text for people or JSON for machines.
 *
 * What can be said stands in one table (`log_events.ts`), which every call is checked against. It names who and which
 * connection, never what was said, a password or a token. What a peer chose (a name, a client's version) is escaped as JSON,
 * so that it cannot move a cursor or begin a line of its own.
 */
import { visibleJson } from "../chat/visible_json.ts";
import {
  type ConnectionEvent,
  type FieldArguments,
  type Level,
  LEVELS,
  LOG_EVENTS,
  type LogEvent,
  type ServerEvent,
} from "./log_events.ts";

export type LogFormat = "text" | "json";
export type Fields = Readonly<Record<string, string | number | undefined>>;

/** Where lines go, of whatever event. */
export type LogSink = (event: LogEvent, fields: Fields) => void;

export type ConnectionLog = <E extends ConnectionEvent>(event: E, ...fields: FieldArguments<E>) => void;

/** Who a connection is. */
export interface ConnectionFields {
  readonly connection: number;
  readonly peer: string;
  readonly account?: number | undefined;
  readonly dialect?: "legacy";
}

export interface Log {
  <E extends ServerEvent>(event: E, ...fields: FieldArguments<E>): void;
  /** The log of one connection, which says with each event who it is by then. */
  of(who: () => ConnectionFields): ConnectionLog;
}

export function logTo(sink: LogSink): Log {
  const log = <E extends ServerEvent>(event: E, ...[fields]: FieldArguments<E>): void => sink(event, { ...fields });
  const of = (who: () => ConnectionFields): ConnectionLog => (event, ...[fields]) =>
    sink(event, { ...who(), ...fields });
  return Object.assign(log, { of });
}

export interface LogStyle {
  readonly format: LogFormat;
  /** What is less urgent is left out. */
  readonly level: Level;
}

/** A log in the style of the moment. */
export function createLog(style: () => LogStyle, write: (line: string) => void = toStandardError): Log {
  return logTo((event, fields) => {
    const { format, level } = style();
    if (LEVELS.indexOf(LOG_EVENTS[event].level) >= LEVELS.indexOf(level)) write(logLine(format, event, fields));
  });
}

export function logLine(format: LogFormat, event: LogEvent, fields: Fields): string {
  const time = new Date().toISOString();
  const { level } = LOG_EVENTS[event];
  if (format === "json") return visibleJson({ time, level, event, ...fields });
  const rest = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [time, level.toUpperCase(), event, ...rest.map(([key, value]) => `${key}=${plain(value)}`)].join(" ");
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
