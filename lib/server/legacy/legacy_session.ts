/**
 * A connection of the old client, which becomes what its first useful message makes of it:
 *
 *     REGISTER, LOGIN → one that speaks: SEND, LOGOUT, CLOSE
 *     READ            → one that reads, and acknowledges
 *
 * Who speaks is who logged in on this connection, whatever account a header names. What is said becomes a post like any
 * other: durable before anybody sees it, its sender included. Whoever gets something wrong is told among the notices, or
 * not at all: the old client takes a closed connection for a yes.
 */
import { type Account, LOBBY } from "../../chat/types.ts";
import type { Connection } from "../../net/connection.ts";
import { within } from "../../net/within.ts";
import * as legacy from "../../protocol/legacy.ts";
import {
  LegacyDecoder,
  type LegacyHeader,
  LegacyId,
  LegacyKind,
  type LegacyPart,
} from "../../protocol/legacy_decoder.ts";
import { MAX_GREETING_BYTES } from "../../protocol/limits.ts";
import { legacyAuthenticate, legacyRegister } from "./legacy_login.ts";
import { refusalLine } from "./legacy_act.ts";
import type { LegacyLogin, LegacyLogins } from "./legacy_logins.ts";
import type { LegacyPatience } from "./legacy_patience.ts";
import { LegacyReader } from "./legacy_reader.ts";
import { LegacySpeaker } from "./legacy_speaker.ts";
import { type ConnectionLog, reasonOf } from "../log.ts";
import type { Dismissal } from "../access/people.ts";
import type { Peer } from "../limits/peer.ts";
import { untilFree } from "../limits/until_free.ts";
import type { Services } from "../services.ts";

/** What the last notice may take. */
const FAREWELL_MS = 1000;

export interface LegacySessionOptions {
  readonly services: Services;
  readonly logins: LegacyLogins;
  readonly patience: LegacyPatience;
  readonly peer: Peer;
  /** Whether it may not speak here without TLS. */
  readonly isRefused: boolean;
}

export class LegacySession {
  readonly connection: Connection<LegacyDecoder>;
  readonly log: ConnectionLog;
  readonly #options: LegacySessionOptions;
  /** The login that was made here, and what it says. */
  #speaker: LegacySpeaker | undefined;
  /** The login that is read for here. */
  #reads: LegacyLogin | undefined;

  constructor(connection: Connection<LegacyDecoder>, options: LegacySessionOptions) {
    this.connection = connection;
    this.#options = options;
    const { services, peer } = options;
    this.log = services.log.of(() => ({
      connection: peer.id,
      peer: peer.address,
      account: this.account?.account,
      dialect: "legacy",
    }));
    connection.decoder.intake = (header) => this.#intake(header);
  }

  get peer(): Peer {
    return this.#options.peer;
  }

  /** The reader of this connection, if it is one. */
  get reader(): LegacyReader | undefined {
    return this.#reads?.reader;
  }

  /** Who is logged in, on this connection or for it. */
  get account(): Account | undefined {
    return this.#login?.account;
  }

  /** Serves the connection until it ends, and with it the login. */
  async run(): Promise<void> {
    try {
      await this.connection.run((part) => this.#receive(part));
      await this.connection.end();
    } catch (error) {
      const stack = error instanceof Error ? error.stack : "";
      this.log("session-failed", { reason: reasonOf(error), stack });
    } finally {
      this.connection.close();
      const login = this.#login;
      this.#options.services.people.remove(this);
      if (login) this.#options.logins.end(login);
      await this.#speaker?.close();
    }
  }

  /** Nobody of the old client comes by a token. */
  get token(): undefined {
    return undefined;
  }

  logOut(): void {
    this.connection.close();
  }

  /** Tells the peer, as far as it can be told, and ends the login with both connections. */
  dismiss({ code, terms }: Dismissal): void {
    const login = this.#login;
    if (!login) return this.connection.close();
    login.reader?.tell(refusalLine({ code, ...terms }));
    void within(login.reader?.quiet() ?? Promise.resolve(), FAREWELL_MS).then(() => this.#options.logins.end(login));
  }

  get #login(): LegacyLogin | undefined {
    return this.#speaker?.login ?? this.#reads;
  }

  #intake({ id, kind }: LegacyHeader) {
    const { text, file } = this.#options.services.limits;
    if (id === LegacyId.login || id === LegacyId.register) return { how: "whole", limit: MAX_GREETING_BYTES } as const;
    if (id !== LegacyId.send || !this.#speaker) return { how: "whole", limit: 0 } as const;
    if (kind !== LegacyKind.image) return { how: "whole", limit: text } as const;
    return { how: "pieces", limit: Math.min(legacy.MAX_LEGACY_IMAGE_BYTES, file) } as const;
  }

  #receive(part: LegacyPart): void | Promise<void> {
    switch (part.type) {
      case "frame":
        return this.#obey(legacy.legacyCommand(part.header, part.body));
      case "refused":
        return this.#refuse(part.header);
      case "begin":
        return this.#speaker?.beginPicture(part.header.length);
      case "piece":
        return this.#speaker?.addToPicture(part);
    }
  }

  /** Answers a message that is too long; the rest of it is being read past. */
  #refuse({ id, kind }: LegacyHeader): void | Promise<void> {
    if (id === LegacyId.login) return this.#obey({ op: "login", credentials: undefined });
    if (id === LegacyId.register) return this.#obey({ op: "register", credentials: undefined });
    if (id === LegacyId.send) this.#speaker?.refuse(kind === LegacyKind.image ? "picture-too-large" : "text-too-long");
  }

  #obey(command: legacy.LegacyCommand): void | Promise<void> {
    if (this.#options.isRefused) return this.#decline(command);
    if (this.#reads) return command.op === "acknowledge" ? this.reader?.acknowledge(command.bytes) : undefined;
    switch (command.op) {
      case "register":
        return this.#register(command);
      case "login":
        return this.#logIn(command);
      case "say":
        return this.#speaker?.say(command.text);
      case "unopened":
        return this.#speaker?.refuse("unopened");
      case "read":
        return this.#speaker ? undefined : this.#read(command.claimed);
      case "logout":
      case "close":
        return void this.connection.end();
      case "acknowledge":
      case "nothing":
        return undefined;
    }
  }

  #decline({ op }: legacy.LegacyCommand): void {
    const { refused } = legacy.LegacyStatus;
    if (op === "register") this.connection.send(legacy.registerReply(refused));
    else if (op === "login") this.connection.send(legacy.loginReply(refused));
    else return this.connection.close();
    this.log("plaintext-refused");
  }

  async #register({ credentials }: Extract<legacy.LegacyCommand, { op: "register" }>): Promise<void> {
    const status = await legacyRegister({ ...this.#asking, credentials });
    this.connection.send(legacy.registerReply(status));
  }

  async #logIn({ credentials }: Extract<legacy.LegacyCommand, { op: "login" }>): Promise<void> {
    const { logins, peer, services } = this.#options;
    let login: LegacyLogin | undefined;
    const account = await legacyAuthenticate({ ...this.#asking, credentials }, (account) => {
      const hangUp = () => this.connection.close();
      login = this.#speaker ? undefined : logins.admit({ account, address: peer.address, hangUp });
      if (!login) return;
      this.#speaker = new LegacySpeaker(login, this.#asking);
      services.people.add(this);
    });
    if (!account) return this.connection.send(legacy.loginReply(legacy.LegacyStatus.refused));
    if (account) services.metrics.logins.legacy[login ? "accepted" : "refused"]++;
    if (!login) return this.connection.send(legacy.loginReply(legacy.LegacyStatus.alreadyOnline));
    this.log("logged-in");
    this.connection.send(legacy.loginReply(legacy.LegacyStatus.ok, account.name));
  }

  async #read(claimed: number): Promise<void> {
    const { logins, patience, peer, services } = this.#options;
    const login = logins.bind(peer.address, claimed);
    if (!login) {
      this.log("read-refused", { claimed });
      return this.connection.close();
    }
    this.#reads = login;
    const open = await services.rooms.get(LOBBY);
    if (!open) throw new Error("Cannot read: there is no room");
    if (!peer.exempt) await untilFree(() => services.guard.joins.take(login.account.account), this.connection.closed);
    if (login.hasEnded) return this.connection.close();
    const { account } = login;
    const { log } = this;
    login.read(new LegacyReader({ services, connection: this.connection, room: open.room, account, patience, log }));
  }

  get #asking() {
    const { services, peer } = this.#options;
    return { services, peer, log: this.log, closed: this.connection.closed };
  }
}
