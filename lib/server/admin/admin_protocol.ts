/**
 * What is said on the admin socket. A line of JSON asks, naming a `command`; lines of JSON answer: rows, as many as there are,
 * and at last how it ended. Another line may ask on.
 *
 *     → {"command":"who"}
 *     ← {"row":{"account":1001,"name":"Alice",…}}
 *     ← {"done":true}   or   {"error":{"code":"no-such-account","message":"There is no account 1001."}}
 *
 * Whoever can open the socket may do everything: its mode is the permission.
 */
import * as v from "valibot";

/** The socket's name in the data folder. */
export const ADMIN_SOCKET = "admin.sock";
/** Bytes of a line: the longest text that can be said, with every character escaped. */
export const MAX_ADMIN_LINE = 8 * 1024 * 1024;

export type Row = Readonly<Record<string, unknown>>;

export type AdminErrorCode =
  /** The request is none: the program that asks is of another version. */
  | "bad-request"
  /** What was asked for cannot be done as things are. */
  | "refused"
  | "no-such-account"
  | "not-here"
  /** The database is away. */
  | "unavailable"
  | "internal-error";

/** Why an operator's command was not done. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: AdminErrorCode;

  constructor(code: AdminErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const ANSWER = v.union([
  v.object({ row: v.record(v.string(), v.unknown()) }),
  v.object({ done: v.literal(true) }),
  v.object({ error: v.object({ code: v.string(), message: v.string() }) }),
]);
export type AdminAnswer =
  | { readonly row: Row }
  | { readonly done: true }
  | { readonly error: { readonly code: string; readonly message: string } };

export const readAnswer = (line: string): AdminAnswer => v.parse(ANSWER, JSON.parse(line));
