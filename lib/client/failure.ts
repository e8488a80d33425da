/** How asking a server can fail. Every failure ends a script with its own exit code. */
import type { ErrorCode } from "../protocol/error_code.ts";

/** The exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, unreachable: 4, untrusted: 5 } as const;

/** The server said no: `code` is stable, the message is its sentence. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: ErrorCode;
  /** Milliseconds after which asking again makes sense. */
  readonly retryAfter: number | undefined;
  /** When a mute, a ban or a kick ends, and why it was. */
  readonly until: number | undefined;
  readonly reason: string | undefined;

  constructor(error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly retryAfter?: number;
    readonly until?: number;
    readonly reason?: string;
  }) {
    super(error.message);
    this.code = error.code;
    this.retryAfter = error.retryAfter;
    this.until = error.until;
    this.reason = error.reason;
  }
}

/** Why a connection that was there has ended, when nobody has said it. */
export const LOST = "The connection to the server was lost.";

/** The server cannot be reached, or was lost before it answered. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** It may not be the server that it should be. Nothing was said to it. */
export class Untrusted extends Error {
  override readonly name = "Untrusted";
}

/** What was asked of the client makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return EXIT.refused;
  if (error instanceof Unreachable) return EXIT.unreachable;
  if (error instanceof Untrusted) return EXIT.untrusted;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
