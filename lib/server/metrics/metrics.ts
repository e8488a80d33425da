/**
 * What the server counts while it runs: plain numbers that only grow, from its start on. Whoever does something adds to them
 * on the spot; nobody is asked, told or waited for, and nothing costs a receiver of a broadcast more than two additions.
 * What can be looked up at any time instead (who is connected, how far behind a reader is) is not kept here: see `snapshot.ts`.
 */
import type { Draft } from "../../chat/types.ts";
import type { Command } from "../../protocol/command.ts";
import { ERROR_CODES, type ErrorCode } from "../../protocol/error_code.ts";
import type { ServerMessage } from "../../protocol/server_message.ts";
import { Distribution } from "../distribution.ts";

/** Seconds; what the disk, the network or a busy loop take. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Posts of one transaction; it takes 1,000 at the most. */
const POSTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

export const LOGIN_METHODS = ["password", "token", "registration", "legacy"] as const;
export type LoginMethod = (typeof LOGIN_METHODS)[number];
export const LOGIN_OUTCOMES = ["accepted", "refused", "busy", "unavailable"] as const;
export type LoginOutcome = (typeof LOGIN_OUTCOMES)[number];

/** Bytes and transfers of one direction. */
export interface TransferCount {
  bytes: number;
  finished: number;
}

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

export class Metrics {
  /** When the counting began: milliseconds since 1970-01-01 UTC. */
  readonly since = Date.now();
  /** Bytes of all connections, as the sockets took and gave them. */
  readonly traffic = { received: 0, sent: 0 };
  /** Connections that came, and those among them that were closed at once for want of room. */
  readonly connections = { accepted: 0, rejected: 0 };
  readonly logins = Object.fromEntries(LOGIN_METHODS.map((method) => [method, zeros(LOGIN_OUTCOMES)])) as Record<
    LoginMethod,
    Record<LoginOutcome, number>
  >;
  /** Errors that peers were told, by code. */
  readonly refusals = zeros(Object.keys(ERROR_CODES) as ErrorCode[]);

  /** Posts that were stored, by what they are. */
  readonly posts: Record<Draft["type"], number> = { post: 0, image: 0, file: 0, act: 0 };
  /** Posts that came again, their acknowledgement having been lost. */
  repeated = 0;
  /** Posts handed to a receiver's socket: one for each post and receiver; and the bytes of that, presence included. */
  deliveries = 0;
  deliveredBytes = 0;
  /** From a post's arrival at the journal until the round of writes that carries it has reached every reader of the room. */
  readonly deliverySeconds = new Distribution(SECONDS);
  /** Times that a reader fell behind the room's memory. */
  fellBehind = 0;

  readonly batchPosts = new Distribution(POSTS);
  readonly commitSeconds = new Distribution(SECONDS);
  /** Whether the database can be used, as far as anybody has noticed; how often it was lost; calls that failed. */
  readonly database = { available: false, outages: 0, unavailable: 0, failed: 0 };

  readonly uploads: TransferCount = { bytes: 0, finished: 0 };
  readonly downloads: TransferCount = { bytes: 0, finished: 0 };

  /** By how much timers were late. */
  readonly loopDelaySeconds = new Distribution(SECONDS);

  refused(code: ErrorCode): void {
    this.refusals[code]++;
  }

  /** Counts what an attempt to log in was answered; other commands are passed over. */
  answered(op: Command["op"], reply: ServerMessage | undefined): void {
    const method = METHODS[op];
    if (method === undefined || reply === undefined) return;
    this.logins[method][outcomeOf(reply)]++;
  }
}

const METHODS: Readonly<Partial<Record<Command["op"], LoginMethod>>> = {
  login: "password",
  resume: "token",
  register: "registration",
};

function outcomeOf(reply: ServerMessage): LoginOutcome {
  if (reply.op !== "error") return "accepted";
  return reply.code === "busy" || reply.code === "unavailable" ? reply.code : "refused";
}
