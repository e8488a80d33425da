/** What the parts of a session see of it: who is there, what they share, and how to answer. */
import type { Account } from "../chat/types.ts";
import type { Connection } from "../net/connection.ts";
import type { ErrorCode } from "../protocol/error_code.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { ConnectionLog } from "./log.ts";
import type { Peer } from "./limits/peer.ts";
import type { Services } from "./services.ts";

/** What a command is answered with at once; nothing when the answer comes later, or there is none. */
export type Reply = ServerMessage | undefined;

type Bye = Extract<ServerMessage, { op: "bye" }>;
export type Farewell = Bye["reason"];
export type FarewellTerms = Omit<Bye, "op" | "reason" | "message">;

export interface SessionContext {
  readonly services: Services;
  readonly connection: Connection;
  readonly peer: Peer;
  readonly account: Account | undefined;
  /** The SHA-256 of the token that its peer came with or was given. */
  readonly token: string | undefined;
  send(message: ServerMessage): void;
  /** Logs with the connection, the peer's address and the account. */
  readonly log: ConnectionLog;
  /** Lets a peer that has proved who it is, by a token or not, do what a visitor may not. */
  admit(account: Account, token: string | undefined): void;
  /** Finishes the answers under way, tells the peer why, and closes. What comes in meanwhile is not dealt with. */
  end(reason: Farewell, message: string, more?: FarewellTerms): Promise<void>;
  /** Tells the peer what it did to the connection, which is closed then. */
  fail(code: ErrorCode, message?: string): Promise<void>;
}
