/** What stands beside an event in the log. */

interface FieldSpec {
  readonly type: "text" | "number";
  readonly about: string;
}

/** A field means the same in every event that has it. */
export const LOG_FIELDS = {
  connection: { type: "number", about: "the connection, counted from the server's start" },
  peer: { type: "text", about: "the address at the other end" },
  account: { type: "number", about: "who is logged in there" },
  dialect: { type: "text", about: "`legacy` for the original's client" },
  act: { type: "text", about: "what was done to keep order" },
  address: { type: "text", about: "where it is listened" },
  by: { type: "number", about: "who did it; 0 for the operator" },
  changes: { type: "number", about: "how many options are told otherwise" },
  claimed: { type: "number", about: "the account that a reader asked for" },
  code: { type: "text", about: "the error that the peer was told" },
  connections: { type: "number", about: "how many are open at the most from now on" },
  data: { type: "text", about: "the data folder" },
  expires: { type: "text", about: "the last day on which the certificate is valid" },
  file: { type: "text", about: "the certificate's file" },
  fingerprint: { type: "text", about: "the certificate's SHA-256, as clients show it" },
  first: { type: "number", about: "the room's first number that is still kept" },
  from: { type: "text", about: "as it was" },
  folder: { type: "text", about: "where files were removed" },
  head: { type: "number", about: "the room's last number" },
  id: { type: "text", about: "the post" },
  ms: { type: "number", about: "what the end may take, in milliseconds" },
  op: { type: "text", about: "the command" },
  option: { type: "text", about: "the option, as `server.conf` and the flags have it" },
  reason: { type: "text", about: "why, in words" },
  registered: { type: "number", about: "the new account" },
  removed: { type: "number", about: "how many" },
  room: { type: "text", about: "the room" },
  seq: { type: "number", about: "the last number that the peer has" },
  sha256: { type: "text", about: "the file's content" },
  signal: { type: "text", about: "what ended the server" },
  stack: { type: "text", about: "where in the program" },
  to: { type: "text", about: "as it is told now" },
  tried: { type: "number", about: "the account that somebody tried to log in to" },
  waitMs: { type: "number", about: "milliseconds until the next attempt" },
} as const satisfies Readonly<Record<string, FieldSpec>>;

export type LogField = keyof typeof LOG_FIELDS;
