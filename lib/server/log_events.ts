/**
 * Everything that the log can say: the one table of its events, from which the types of the calls and the reference for
 * operators are made. A name keeps its meaning for ever, so that what is watched for is still found; its sentence may change.
 *
 * Events of a connection can only be logged by that connection's own log (`Log.of`), which adds who it is: all lines with the
 * same `connection` belong together.
 */
import type { LOG_FIELDS, LogField } from "./log_fields.ts";

/** From the least to the most urgent. */
export const LEVELS = ["info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

interface EventSpec {
  readonly level: Level;
  readonly of: "server" | "connection";
  /** Fields that it always has. */
  readonly fields: readonly LogField[];
  /** Fields that it may have. */
  readonly maybe?: readonly LogField[];
  readonly about: string;
}

export const LOG_EVENTS = {
  // The server
  "listening": { level: "info", of: "server", fields: ["address", "data"], about: "Connections are accepted." },
  "monitoring": { level: "info", of: "server", fields: ["address"], about: "Metrics can be read (`--metrics`)." },
  "monitoring-failed": { level: "error", of: "server", fields: ["reason"], about: "A monitor could not be answered." },
  "start-failed": { level: "error", of: "server", fields: ["reason"], about: "The server cannot start, and ends." },
  "stopping": { level: "info", of: "server", fields: ["signal"], about: "A signal came; everybody is being told." },
  "taking-over": { level: "info", of: "server", fields: [], about: "The running server is making way for this one." },
  "handing-over": {
    level: "info",
    of: "server",
    fields: [],
    about: "Another server takes over; everybody is being told.",
  },
  "stopped": { level: "info", of: "server", fields: [], about: "Everything is stored and closed." },
  "stopped-late": { level: "error", of: "server", fields: ["ms"], about: "The end took too long and was cut short." },
  "option-changed": {
    level: "info",
    of: "server",
    fields: ["option", "from", "to"],
    about: "An option has another value now, by a reload.",
  },
  "restart-needed": {
    level: "warn",
    of: "server",
    fields: ["option", "from", "to"],
    about: "An option is told otherwise now, which takes a restart; until then it stays as it was.",
  },
  "reloaded": { level: "info", of: "server", fields: ["changes"], about: "The configuration was read again." },
  "reload-failed": {
    level: "error",
    of: "server",
    fields: ["reason"],
    about: "The configuration was read again and cannot be used; the old one stays.",
  },
  "admin-unavailable": {
    level: "warn",
    of: "server",
    fields: ["reason"],
    about: "The admin socket could not be made: commands such as `chat-server status` cannot ask this server.",
  },
  "admin-failed": {
    level: "error",
    of: "server",
    fields: ["reason"],
    maybe: ["stack"],
    about: "A mistake of ours kept an operator's command from being done.",
  },
  "admin": {
    level: "info",
    of: "server",
    fields: ["op"],
    maybe: ["account", "reason"],
    about: "The operator did something by the admin socket.",
  },
  "accept-failed": {
    level: "error",
    of: "server",
    fields: ["reason", "waitMs"],
    about: "The system did not give a new connection, for want of descriptors say.",
  },
  "connections-limited": {
    level: "warn",
    of: "server",
    fields: ["connections"],
    about: "There were more connections than the system bears; those who never logged in make room.",
  },
  "certificate-made": {
    level: "info",
    of: "server",
    fields: ["file"],
    about: "There was no certificate, so the server has made itself one.",
  },
  "certificate-used": {
    level: "info",
    of: "server",
    fields: ["fingerprint", "expires"],
    about: "Connections that come from now on are shown this certificate.",
  },
  "certificate-rejected": {
    level: "error",
    of: "server",
    fields: ["file", "reason"],
    about: "The files have changed and cannot be used; the certificate from before stays in use.",
  },
  "certificate-unsuitable": {
    level: "warn",
    of: "server",
    fields: ["file"],
    about: "The certificate is an authority's own (CA:TRUE), which clients do not take for a server's.",
  },
  "certificate-expires": {
    level: "warn",
    of: "server",
    fields: ["file", "expires"],
    about: "The certificate is valid for less than two weeks, or not any more; said once a day.",
  },
  "database-available": { level: "info", of: "server", fields: [], about: "The database can be used." },
  "database-unavailable": {
    level: "error",
    of: "server",
    fields: [],
    maybe: ["reason"],
    about: "The database cannot be used; the server tries again by itself, and nothing is acknowledged meanwhile.",
  },
  "database-crashed": {
    level: "error",
    of: "server",
    fields: ["reason"],
    about: "The embedded database's thread has ended by a mistake; the server ends, too, and is to be started again.",
  },
  "room-set-back": {
    level: "error",
    of: "server",
    fields: ["room", "head"],
    about:
      "The database has less of the room than was in it before, as an older copy has; everybody is sent away to join anew.",
  },
  "posts-removed": {
    level: "info",
    of: "server",
    fields: ["room", "removed", "first"],
    about: "Posts went that `--retain` does not keep.",
  },
  "files-removed": {
    level: "info",
    of: "server",
    fields: ["folder", "removed"],
    about: "Files went that no post has any more.",
  },
  "uploads-expired": {
    level: "info",
    of: "server",
    fields: ["removed"],
    about: "Unfinished uploads went that nobody had gone on with for a day.",
  },
  "housekeeping-failed": {
    level: "warn",
    of: "server",
    fields: ["reason"],
    about: "Something could not be removed; it is tried again next time.",
  },
  "connection-turned-away": {
    level: "warn",
    of: "server",
    fields: ["peer", "code"],
    about: "There were too many connections from there, or in all; said once a minute for each address.",
  },
  "proxy-silent": {
    level: "warn",
    of: "server",
    fields: ["peer"],
    about: "A connection from `--trust-proxy` did not begin with a PROXY header, and was closed; said once a minute.",
  },
  "act": {
    level: "info",
    of: "server",
    fields: ["room", "act", "by", "seq"],
    about: "Somebody kept order in a room; the audit log says more.",
  },
  "owner-code-failed": { level: "error", of: "server", fields: ["reason"], about: "No code for an owner was made." },
  // Connections
  "handshake-failed": {
    level: "info",
    of: "connection",
    fields: ["reason"],
    about:
      "A peer and the server could not agree on TLS, or not in time; a client that knows no certificate yet may begin so.",
  },
  "plaintext-refused": {
    level: "warn",
    of: "connection",
    fields: [],
    about: "A peer spoke without TLS from where `--plaintext` does not allow it.",
  },
  "registered": { level: "info", of: "connection", fields: ["registered"], about: "Somebody made an account." },
  "logged-in": { level: "info", of: "connection", fields: [], about: "Somebody proved who they are." },
  "devices-revoked": {
    level: "info",
    of: "connection",
    fields: ["removed"],
    about: "Somebody logged devices of theirs out.",
  },
  "password-changed": {
    level: "info",
    of: "connection",
    fields: [],
    about: "Somebody changed their password; their other devices were logged out.",
  },
  "login-refused": {
    level: "warn",
    of: "connection",
    fields: ["tried"],
    about: "The account or the password was wrong.",
  },
  "login-put-off": {
    level: "warn",
    of: "connection",
    fields: ["tried"],
    about: "There had been too many wrong passwords from there, or for that account; this one was not looked at.",
  },
  "registration-put-off": {
    level: "warn",
    of: "connection",
    fields: [],
    about: "Too many accounts had been made from that address.",
  },
  "entry-refused": {
    level: "warn",
    of: "connection",
    fields: ["code"],
    maybe: ["tried"],
    about: "Somebody who is banned, or was kicked, wanted to come in.",
  },
  "owner-code-refused": { level: "warn", of: "connection", fields: [], about: "Somebody tried a wrong owner's code." },
  "login-unanswerable": {
    level: "warn",
    of: "connection",
    fields: ["reason"],
    about: "An old client was refused because the database was away or too many were logging in.",
  },
  "read-refused": {
    level: "warn",
    of: "connection",
    fields: ["claimed"],
    about: "An old client wanted to read for an account that is not logged in from there.",
  },
  "connection-refused": {
    level: "warn",
    of: "connection",
    fields: ["code"],
    maybe: ["reason"],
    about: "The peer did what ends a connection, and was told so.",
  },
  "frame-timeout": {
    level: "warn",
    of: "connection",
    fields: [],
    about: "An old client stopped in the middle of a message.",
  },
  "silent": { level: "info", of: "connection", fields: [], about: "Nothing was heard, not even an answer to a PING." },
  "stuck": { level: "warn", of: "connection", fields: [], about: "The peer took nothing of what was written to it." },
  "behind": {
    level: "info",
    of: "connection",
    fields: ["room", "seq", "head"],
    about: "The peer reads more slowly than the room talks; it gets the rest from the database.",
  },
  "catch-up-failed": {
    level: "error",
    of: "connection",
    fields: ["room", "seq", "reason"],
    about: "What a peer had missed could not be read; it was sent away.",
  },
  "upload-failed": {
    level: "error",
    of: "connection",
    fields: ["reason"],
    about: "Bytes of a file could not be kept; the disk may be full.",
  },
  "picture-failed": {
    level: "error",
    of: "connection",
    fields: ["reason"],
    about: "A picture from an old client could not be kept.",
  },
  "picture-unreadable": {
    level: "error",
    of: "connection",
    fields: ["reason"],
    about: "A picture broke off on its way to an old client.",
  },
  "download-failed": {
    level: "error",
    of: "connection",
    fields: ["id", "reason"],
    about: "A file broke off on its way to a peer.",
  },
  "blob-missing": {
    level: "error",
    of: "connection",
    fields: ["id", "sha256"],
    about: "A post's file is not in its folder any more.",
  },
  "reader-failed": { level: "error", of: "connection", fields: ["reason"], about: "A mistake of ours ended a reader." },
  "command-failed": {
    level: "error",
    of: "connection",
    fields: ["reason"],
    maybe: ["op", "stack"],
    about: "A mistake of ours kept a command from being done; the peer was told `internal-error`.",
  },
  "session-failed": {
    level: "error",
    of: "connection",
    fields: ["reason"],
    maybe: ["stack"],
    about: "A mistake of ours ended a connection.",
  },
} as const satisfies Readonly<Record<string, EventSpec>>;

type Table = typeof LOG_EVENTS;
export type LogEvent = keyof Table;
type EventOf<Of extends EventSpec["of"]> = { [E in LogEvent]: Table[E]["of"] extends Of ? E : never }[LogEvent];
export type ServerEvent = EventOf<"server">;
export type ConnectionEvent = EventOf<"connection">;

type Value<F extends LogField> = (typeof LOG_FIELDS)[F]["type"] extends "number" ? number : string;
type Maybe<E extends LogEvent> = Table[E] extends { readonly maybe: readonly (infer F extends LogField)[] } ? F : never;

export type FieldsOf<E extends LogEvent> =
  & { readonly [F in Table[E]["fields"][number]]: Value<F> }
  & { readonly [F in Maybe<E>]?: Value<F> | undefined };

/** What follows the name in a call: the fields, or nothing where none is needed. */
export type FieldArguments<E extends LogEvent> = Table[E]["fields"] extends readonly [] ? [fields?: FieldsOf<E>]
  : [fields: FieldsOf<E>];
