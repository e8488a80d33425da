/**
 * A session of the modern dialect: what one connection may do, and in which order.
 *
 *     greeting --HELLO--> visitor --REGISTER, LOGIN, RESUME--> user --JOIN--> user in a room
 *
 * Commands are dealt with one after the other in the order in which they came, except for those that take their time
 * without holding up what comes behind them: POST (many in flight, committed together), UPLOAD, FINISH and DOWNLOAD. A peer's mistake
 * is an ERROR reply and the session goes on; an exception is our own mistake, is logged, and is the peer's `internal-error`.
 */
import type { Account } from "../chat/types.ts";
import type { Connection, Incoming } from "../net/connection.ts";
import { CHUNK_ID, type Command, commandCodec, type CommandOf, COMMANDS } from "../protocol/command.ts";
import type { ErrorCode } from "../protocol/error_code.ts";
import type { Frame, FrameHeader } from "../protocol/frame.ts";
import { controlBytesFor, MAX_CHUNK_BYTES, MAX_GREETING_BYTES, PROTOCOL_VERSION } from "../protocol/limits.ts";
import { errorMessage, serverCodec, type ServerMessage } from "../protocol/server_message.ts";
import { StoreUnavailable } from "../store/store.ts";
import { forget, login, register, resume } from "./access/login.ts";
import { type ConnectionLog, reasonOf } from "./log.ts";
import { Membership } from "./membership.ts";
import { sentenceOf } from "./moderation/refused.ts";
import type { Dismissal } from "./access/people.ts";
import type { Peer } from "./limits/peer.ts";
import { PendingAnswers } from "./pending_answers.ts";
import { postReply, say, unsayable } from "./post.ts";
import type { Services } from "./services.ts";
import { Transfers } from "./transfers.ts";
import type { Farewell, FarewellTerms, Reply, SessionContext } from "./session_context.ts";
import { putOff } from "./limits/throttle.ts";
import { answerUser, type UserParts } from "./user_commands.ts";
import { welcome } from "./welcome.ts";
import { within } from "../net/within.ts";

/** How long a peer is asked to wait when the database is away. */
const RETRY_MS = 2000;

/** What the answers under way may take when the session is to end. */
const FAREWELL_MS = 2000;

/** The largest payload before login: nothing but greetings and credentials. */
export const visitorLimit = (header: FrameHeader): number => header.id === CHUNK_ID ? 0 : MAX_GREETING_BYTES;
/** The largest payload after it; the texts' limit may change. */
export const memberLimit = (textBytes: () => number) => ({ id }: FrameHeader): number =>
  id === CHUNK_ID ? MAX_CHUNK_BYTES : controlBytesFor(textBytes());

export class Session implements SessionContext, UserParts {
  readonly services: Services;
  readonly connection: Connection;
  readonly peer: Peer;
  account: Account | undefined;
  token: string | undefined;
  readonly membership: Membership;
  /** Made for the first of them: most connections only ever talk. */
  #transfers: Transfers | undefined;
  readonly #pending = new PendingAnswers();
  #greeted = false;
  #ending = false;
  #pings = 0;

  constructor(services: Services, connection: Connection, peer: Peer) {
    this.services = services;
    this.connection = connection;
    this.peer = peer;
    this.membership = new Membership(this);
  }

  get log(): ConnectionLog {
    const { id: connection, address } = this.peer;
    return this.services.log.of(() => ({ connection, peer: address, account: this.account?.account }));
  }

  /** Serves the connection until it ends, whoever ends it; `ended` is called when nothing of it is left. */
  async run(ended: () => void): Promise<void> {
    try {
      await this.connection.run((incoming) => this.#receive(incoming));
      // A peer that has said all it wants to say still hears the answers, but cannot acknowledge a file any more.
      this.#transfers?.downloads.close();
      await this.#pending.settled();
      await this.connection.end(Infinity);
    } catch (error) {
      this.#crash(error);
    } finally {
      this.connection.close();
      this.services.people.remove(this);
      this.membership.leave();
      this.#transfers?.downloads.close();
      try {
        await this.#transfers?.uploads.close();
        await this.#pending.settled();
      } finally {
        ended();
      }
    }
  }

  /** A mistake of ours ends this connection and no other. */
  #crash(error: unknown): void {
    this.log("session-failed", { reason: reasonOf(error), stack: error instanceof Error ? error.stack : "" });
    this.connection.close();
  }

  send(message: ServerMessage): void {
    if (message.op === "error") this.services.metrics.refused(message.code);
    this.connection.send(serverCodec.encode(message));
  }

  get transfers(): Transfers {
    return this.#transfers ??= new Transfers(this);
  }

  /** Transfers under way. */
  get transferring(): { readonly uploads: number; readonly downloads: number } {
    return { uploads: this.#transfers?.uploads.open ?? 0, downloads: this.#transfers?.downloads.open ?? 0 };
  }

  /** Ends transfers that have stood still for so many milliseconds. */
  endIdleTransfers(ms: number): void {
    this.#transfers?.endIdle(ms);
  }

  /** Asks a silent peer whether it is still there. */
  ping(): void {
    this.send({ op: "ping", request: ++this.#pings });
  }

  async end(
    reason: Farewell,
    message: string,
    more: FarewellTerms = {},
  ): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    // Nobody hears its acknowledgements from here on.
    this.#transfers?.downloads.close();
    await within(this.#pending.settled(), FAREWELL_MS);
    this.send({ op: "bye", reason, message, ...more });
    await this.connection.end();
  }

  dismiss({ code, terms }: Dismissal): void {
    const { reason: why, ...until } = terms;
    void this.end(code, sentenceOf({ code, ...terms }), { ...until, ...(why === undefined ? {} : { why }) });
  }

  logOut(): void {
    void this.end("revoked", "This device was logged out.");
  }

  async fail(code: ErrorCode, message?: string): Promise<void> {
    this.log("connection-refused", { code, reason: message });
    this.send(errorMessage(code, message === undefined ? {} : { message }));
    await this.connection.end();
  }

  admit(account: Account, token: string | undefined): void {
    this.account = account;
    this.token = token;
    // One that has hung up meanwhile is not there to be sent away.
    if (this.connection.isOpen) this.services.people.add(this);
    this.connection.decoder.maxPayload = this.services.memberLimit;
    this.log("logged-in");
  }

  #receive(incoming: Incoming): void | Promise<void> {
    // Those who are not in a room yet may come all at once, and are not to hold up those who are.
    const turn = this.membership.isInRoom ? undefined : this.services.arrivals.take();
    return turn ? turn.then(() => this.#deal(incoming)) : this.#deal(incoming);
  }

  #deal(incoming: Incoming): void | Promise<void> {
    if (this.#ending) return;
    switch (incoming.type) {
      case "lost":
        return this.fail("bad-frame", `The connection is closed: ${incoming.reason}.`);
      case "oversized": {
        const { header, length, limit } = incoming;
        const message = `Message ${header.id} has ${length} bytes; the limit is ${limit}.`;
        // A transfer with a hole in it cannot become a file.
        if (header.id === CHUNK_ID && this.account) {
          return this.transfers.uploads.stop(header.stream, "frame-too-large");
        }
        return this.send(errorMessage("frame-too-large", { message }));
      }
      case "frame":
        return this.#receiveFrame(incoming);
    }
  }

  #receiveFrame(frame: Frame): void | Promise<void> {
    if (!this.#greeted && frame.id !== COMMANDS.hello.id) return this.fail("hello-required");
    if (frame.id === CHUNK_ID) {
      return this.account ? this.transfers.uploads.chunk(frame) : this.send(errorMessage("login-required"));
    }
    const decoded = commandCodec.decode(frame);
    if (!decoded.ok) {
      const { code, request, reason } = decoded;
      return this.send(errorMessage(code, { request, message: `The message was ignored: ${reason}.` }));
    }
    const command = decoded.message;
    const bytes = frame.payload.length;
    if (command.op === "post") return this.#post(command, bytes);
    const answer = this.#answer(command);
    if (!TAKES_ITS_TIME.has(command.op)) return answer;
    this.#pending.begin(bytes);
    answer.finally(() => this.#pending.end(bytes));
    return this.#pending.untilFewer();
  }

  /** The commonest of all commands, which makes do without promises. */
  #post(command: CommandOf<"post">, bytes: number): void | Promise<void> {
    const { account } = this;
    const { request, room } = command;
    if (!account) return this.send(errorMessage("login-required", { request }));
    const refusal = putOff(this, account, command) ?? unsayable(this, command);
    if (refusal) return this.send(refusal);
    this.#pending.begin(bytes);
    say(this, { from: account, command }, (outcome) => {
      try {
        const failed = outcome.status === "failed";
        this.send(failed ? this.#failure(outcome.error, command) : postReply(outcome, { request, room }));
      } catch (error) {
        this.#crash(error);
      }
      this.#pending.end(bytes);
    });
    return this.#pending.untilFewer();
  }

  async #answer(command: Exclude<Command, CommandOf<"post">>): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#dispatch(command);
    } catch (error) {
      reply = this.#failure(error, command);
    }
    this.services.metrics.answered(command.op, reply);
    if (reply) this.send(reply);
  }

  #failure(error: unknown, command: Command): ServerMessage {
    const request = requestOf(command);
    if (error instanceof StoreUnavailable) return errorMessage("unavailable", { request, retryAfter: RETRY_MS });
    const stack = error instanceof Error ? error.stack : "";
    this.log("command-failed", { op: command.op, reason: reasonOf(error), stack });
    return errorMessage("internal-error", { request });
  }

  #dispatch(command: Exclude<Command, CommandOf<"post">>): Reply | Promise<Reply> {
    switch (command.op) {
      case "hello":
        return this.#hello(command);
      case "register":
        return register(this, command);
      case "login":
        return login(this, command);
      case "resume":
        return resume(this, command);
      case "ping":
        return { op: "pong", request: command.request };
      case "pong":
        return undefined;
      case "certificate":
        return errorMessage("bad-message", { message: "The certificate can only be asked for first." });
      case "ack":
        return this.#transfers?.downloads.acknowledge(command);
      case "logout":
        return this.#logout(command);
    }
    const { account } = this;
    if (!account) return errorMessage("login-required", { request: requestOf(command) });
    return putOff(this, account, command) ?? answerUser(this, account, command);
  }

  async #logout(command: CommandOf<"logout">): Promise<Reply> {
    const forgotten = await forget(this, command);
    this.membership.leave();
    void this.end(
      "logout",
      forgotten ? "Goodbye." : "Goodbye. The database is away: this device's token is still valid.",
    );
    return undefined;
  }

  #hello(command: CommandOf<"hello">): Reply {
    if (command.version !== PROTOCOL_VERSION) {
      const message = `This server speaks version ${PROTOCOL_VERSION} of the protocol, not ${command.version}.`;
      void this.fail("unsupported-version", message);
      return undefined;
    }
    this.#greeted = true;
    return welcome(this.services);
  }
}

/** Commands that do not hold up what comes behind them. */
const TAKES_ITS_TIME: ReadonlySet<Command["op"]> = new Set(["upload", "finish", "download"]);

const requestOf = (command: Command) => "request" in command ? command.request : undefined;
