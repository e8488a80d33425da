/**
 * The link to a server, which outlives its connections: it comes back after a loss, logs in again, and resumes the room
 * from the last number it has, so that whoever is told of events is told of each once and in order.
 *
 * Whatever was asked and not answered is asked again on the next connection, and what the server puts off is asked again
 * when it said. That is safe because every question here may be repeated: a post carries its own UUID, and everything
 * else only reads.
 */
import type { Account, RoomId } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { ERROR_CODES } from "../protocol/error_code.ts";
import type { Address } from "./address.ts";
import { questionOf, remembering, startOver } from "./entering.ts";
import { expect } from "./expect.ts";
import { LOST, Refused, Unreachable } from "./failure.ts";
import {
  type AskOptions,
  type Entrance,
  type Joined,
  type LinkOptions,
  type Start,
  USUAL_LIMITS,
} from "./link_options.ts";
import { patiently, pause } from "./patience.ts";
import type { Answer, Question, Welcome, Wire, WireOptions } from "./wire.ts";

/** The protocol is loaded for the first connection: a room that shows what it remembers needs none of it. */
const connect = async (address: Address, options: WireOptions): Promise<Wire> => {
  const { Wire } = await import("./wire.ts");
  return await Wire.connect(address, options);
};

const BACKOFF_MS = { first: 250, most: 15_000 } as const;
export class Link {
  readonly #options: LinkOptions;
  readonly #stop = new AbortController();
  readonly account: Account;
  #token: string | undefined;
  #wire: Wire | undefined;
  /** Cuts the waiting before the next try at a connection short. */
  #hurry = new AbortController();
  #online = Promise.withResolvers<Wire>();
  #room: { readonly id: RoomId; seen: number } | undefined;
  /** When the server asked us to come back, in milliseconds from its goodbye. */
  #returnMs: number | undefined;
  /** Sent away, or logged out from another device: it does not come back by itself, though it may know the password. */
  #sentAway: Refused | undefined;

  private constructor(options: LinkOptions, account: Account, token: string | undefined) {
    this.#options = options;
    this.account = account;
    this.#token = token;
  }

  /**
   * Connects and logs in or registers. Rejects with {@linkcode Refused} or {@linkcode Unreachable}; it does not try
   * twice.
   */
  static async open(options: LinkOptions): Promise<Link> {
    let link: Link | undefined;
    const told = (message: ServerMessage) => link ? link.#hear(message) : undefined;
    const wire = await connect(options.address, { client: options.client, encryption: options.encryption, told });
    try {
      const entered = await expect(wire.ask(questionOf(options)), "logged-in");
      const { account, name, token } = entered;
      link = new Link(
        options,
        { account, name },
        token ?? (options.entrance.op === "resume" ? options.entrance.token : undefined),
      );
      link.#wire = wire;
      link.#online.resolve(wire);
      options.entered?.(link, token);
      void link.#keep(wire);
      return link;
    } catch (error) {
      await wire.close();
      throw error;
    }
  }

  /** A link by token that need not have a connection yet: it is offline until it has one, like after a loss. */
  static begin(options: LinkOptions & { readonly entrance: Extract<Entrance, { op: "resume" }> }): Link {
    const { account, token } = options.entrance;
    const link = new Link(options, account, token);
    link.#online.promise.catch(() => {});
    // What can be shown without a connection is shown first.
    setTimeout(() => void link.#keep(undefined), 0);
    return link;
  }

  get address(): Address {
    return this.#options.address;
  }

  /** The token by which this device comes back, while it has one. */
  get token(): string | undefined {
    return this.#token;
  }

  get limits(): Welcome["limits"] {
    return this.#wire?.welcome.limits ?? USUAL_LIMITS;
  }

  /** The connection, as soon as there is one. Rejects once the link has ended. */
  online(): Promise<Wire> {
    return this.#online.promise;
  }

  /** Asks until a connection lasts long enough to answer. */
  ask<Op extends Answer["op"]>(
    question: Question,
    expected: Op,
    options: AskOptions = {},
  ): Promise<Extract<Answer, { op: Op }>> {
    return this.lasting((wire) => expect(this.insist(wire, question, options), expected));
  }

  /** Does something on a connection, and again from its beginning on the next one for as long as connections are lost. */
  async lasting<T>(work: (wire: Wire) => Promise<T>): Promise<T> {
    for (;;) {
      const wire = await this.online();
      try {
        return await work(wire);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await wire.closed;
      }
    }
  }

  /** Asks on this connection, and again whenever the server puts it off. */
  insist(wire: Wire, question: Question, options: AskOptions = {}): Promise<Answer> {
    const { patienceMs = this.#options.giveUpMs ?? Infinity, delayed } = options;
    return patiently(() => wire.ask(question), { patienceMs, signal: this.#stop.signal, delayed });
  }

  /**
   * Enters a room after event `after`, or with the `last` so many; its events are told from then on, across reconnects.
   */
  join(room: RoomId, start: Start): Promise<Joined> {
    return this.lasting(async (wire) => {
      try {
        return await this.#join(wire, room, start);
      } catch (error) {
        this.#room = undefined;
        throw error;
      }
    });
  }

  /** The machine has slept: what looks like a connection may be none, and waiting makes no sense any more. */
  woke(): void {
    this.#hurry.abort();
    void this.#wire?.probe();
  }

  /** Logs out and ends. This device's token is forgotten, unless it is to be used another time. */
  async close({ keepToken = false }: { readonly keepToken?: boolean } = {}): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#wire?.close(this.#token === undefined || keepToken ? {} : { forget: this.#token });
    this.#end(new Unreachable("The connection is closed."));
  }

  async #join(wire: Wire, room: RoomId, start: Start): Promise<Joined> {
    const answer = this.insist(wire, { op: "join", room, ...start });
    // Events may come in one piece with the answer, and are told before anybody has read it.
    const following = this.#room = { id: room, seen: start.after ?? -1 };
    const joined = await expect(answer, "joined");
    if (following.seen < 0) following.seen = Math.max(joined.first - 1, joined.head - (start.last ?? 0));
    return joined;
  }

  #hear(message: ServerMessage): void {
    if (message.op === "bye") {
      this.#returnMs = message.retryAfter;
      const { reason, message: sentence, until, why } = message;
      const code = reason === "revoked"
        ? "token-invalid"
        : reason === "kicked" || reason === "banned"
        ? reason
        : undefined;
      const terms = { ...(until === undefined ? {} : { until }), ...(why === undefined ? {} : { reason: why }) };
      if (code) this.#sentAway = new Refused({ code, message: sentence, ...terms });
    }
    const room = this.#room;
    if (message.op === "event" && room?.id === message.room) {
      if (message.seq <= room.seen) return;
      const next = room.seen + 1;
      if (room.seen >= 0 && message.seq > next) this.#options.missed?.({ first: next, last: message.seq - 1 });
      room.seen = message.seq;
    }
    this.#options.told?.(message);
  }

  /** Waits for the end of each connection, and makes the next one. */
  async #keep(wire: Wire | undefined): Promise<void> {
    for (;;) {
      if (wire) {
        await wire.closed;
        if (this.#stop.signal.aborted) return;
        if (this.#sentAway) return this.#end(this.#sentAway);
        this.#online = Promise.withResolvers<Wire>();
        this.#online.promise.catch(() => {});
      }
      try {
        wire = await this.#return();
      } catch (error) {
        return this.#end(error instanceof Error ? error : new Error(String(error)));
      }
      if (this.#stop.signal.aborted) return void wire.close();
      this.#wire = wire;
      this.#online.resolve(wire);
    }
  }

  async #return(): Promise<Wire> {
    // One that was never there has not been lost.
    let first = this.#wire === undefined;
    const since = performance.now();
    let failure: Refused | Unreachable = new Unreachable(LOST);
    for (let attempt = 0;; attempt++) {
      const backoff = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** attempt);
      // Jitter keeps a room full of clients from coming back in the same moment.
      const retryMs = Math.round(this.#returnMs ?? backoff * (0.5 + Math.random() / 2));
      this.#returnMs = undefined;
      if (performance.now() - since + retryMs > (this.#options.giveUpMs ?? Infinity)) {
        throw failure;
      }
      if (!first) {
        this.#options.changed?.({ state: "offline", reason: failure.message, retryMs });
        this.#hurry = new AbortController();
        await pause(retryMs, AbortSignal.any([this.#stop.signal, this.#hurry.signal]));
        if (this.#hurry.signal.aborted) attempt = -1;
      }
      first = false;
      try {
        return await this.#connect();
      } catch (error) {
        if (error instanceof Refused && error.retryAfter !== undefined) this.#returnMs = error.retryAfter;
        else if (!(error instanceof Unreachable)) throw error;
        failure = error;
      }
    }
  }

  async #connect(): Promise<Wire> {
    const { address, client, encryption } = this.#options;
    let announced = false;
    const announce = () => {
      if (!announced) this.#options.changed?.({ state: "online" });
      announced = true;
    };
    const told = (message: ServerMessage) => {
      // Said before the room goes on, so that what was missed comes behind it.
      if (message.op === "event") announce();
      this.#hear(message);
    };
    const wire = await connect(address, { client, encryption, told });
    try {
      await this.#enter(wire);
      const room = this.#room;
      if (room) {
        const again = () => this.#join(wire, room.id, {});
        // A room that was started over has no number until the server has told one.
        const start = room.seen < 0 ? {} : { after: room.seen };
        const { members } = await this.#join(wire, room.id, start).catch(startOver(again));
        announce();
        this.#options.told?.({ op: "members", room: room.id, members });
      } else announce();
      return wire;
    } catch (error) {
      void wire.close();
      throw error;
    }
  }

  /** By token where there is one: a password costs the server a hash. */
  async #enter(wire: Wire): Promise<void> {
    if (this.#token !== undefined) {
      try {
        await wire.ask({ op: "resume", token: this.#token });
        this.#options.entered?.(this, undefined);
        return;
      } catch (error) {
        if (!(error instanceof Refused && error.code === "token-invalid")) throw error;
      }
    }
    const { password } = this.#options.entrance;
    if (password === undefined) throw new Refused({ code: "token-invalid", message: ERROR_CODES["token-invalid"] });
    const remember = this.#options.remember ?? false;
    const entered = await expect(
      wire.ask({ op: "login", account: this.account.account, password, ...remembering(remember) }),
      "logged-in",
    );
    this.#token = entered.token;
    this.#options.entered?.(this, entered.token);
  }

  #end(error: Error): void {
    this.#stop.abort();
    this.#online = Promise.withResolvers<Wire>();
    this.#online.promise.catch(() => {});
    this.#online.reject(error);
    this.#options.changed?.({ state: "ended", error });
  }
}
