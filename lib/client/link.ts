/**
 * The link to a server, which outlives its connections: it comes back after a loss, logs in again, and resumes the room
 * from the last number it has, so that whoever is told of events is told of each once and in order.
 *
 * Whatever was asked and not answered is asked again on the next connection. That is safe because every question here may be
 * repeated: a post carries its own UUID, and everything else only reads.
 */
import type { Account, RoomId } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { Address } from "./address.ts";
import { Refused, Unreachable } from "./failure.ts";
import { type Answer, expect, type Question, type Told, type Welcome, Wire } from "./wire.ts";

export type Entrance =
  | { readonly op: "login"; readonly account: number; readonly password: string }
  | { readonly op: "register"; readonly account?: number; readonly name: string; readonly password: string };

export type LinkState =
  | { readonly state: "online" }
  | { readonly state: "offline"; readonly reason: string; readonly retryMs: number }
  /** It will not come back by itself. */
  | { readonly state: "ended"; readonly error: Error };

export interface LinkOptions {
  readonly address: Address;
  readonly entrance: Entrance;
  /** What this client calls itself. */
  readonly client: string;
  /** Come back by a token of this device instead of the password. */
  readonly remember?: boolean;
  /** Milliseconds of being offline after which it gives up; for ever unless given. */
  readonly giveUpMs?: number;
  readonly told?: (message: Told) => void;
  readonly changed?: (state: LinkState) => void;
}

type Entered = Extract<ServerMessage, { op: "logged-in" }>;
export type Joined = Extract<ServerMessage, { op: "joined" }>;

const BACKOFF_MS = { first: 250, most: 15_000 } as const;

export class Link {
  readonly #options: LinkOptions;
  readonly #stop = new AbortController();
  readonly account: Account;
  #token: string | undefined;
  #wire: Wire;
  #online = Promise.withResolvers<Wire>();
  #room: { readonly id: RoomId; seen: number } | undefined;
  /** When the server asked us to come back, in milliseconds from its goodbye. */
  #returnMs: number | undefined;

  private constructor(options: LinkOptions, wire: Wire, entered: Entered) {
    this.#options = options;
    this.#wire = wire;
    this.account = { account: entered.account, name: entered.name };
    this.#token = entered.token;
    this.#online.resolve(wire);
    void this.#keep(wire);
  }

  /** Connects and logs in or registers. Rejects with {@linkcode Refused} or {@linkcode Unreachable}; it does not try twice. */
  static async open(options: LinkOptions): Promise<Link> {
    let link: Link | undefined;
    const told = (message: Told) => link ? link.#hear(message) : undefined;
    const wire = await Wire.connect(options.address, { client: options.client, told });
    try {
      const entered = await expect(wire.ask({ ...options.entrance, remember: options.remember ?? false }), "logged-in");
      return link = new Link(options, wire, entered);
    } catch (error) {
      await wire.close();
      throw error;
    }
  }

  get address(): Address {
    return this.#options.address;
  }

  get limits(): Welcome["limits"] {
    return this.#wire.welcome.limits;
  }

  /** The connection, as soon as there is one. Rejects once the link has ended. */
  online(): Promise<Wire> {
    return this.#online.promise;
  }

  /** Asks until a connection lasts long enough to answer. */
  async ask<Op extends Answer["op"]>(question: Question, expected: Op): Promise<Extract<Answer, { op: Op }>> {
    for (;;) {
      const wire = await this.online();
      try {
        return await expect(wire.ask(question), expected);
      } catch (error) {
        await this.throwUnlessLost(wire, error);
      }
    }
  }

  /** For work on a connection that failed: returns when that was because the connection ended, and rethrows otherwise. */
  async throwUnlessLost(wire: Wire, error: unknown): Promise<void> {
    if (!(error instanceof Unreachable)) throw error;
    await wire.closed;
  }

  /** Enters a room after event `after`, or with the `last` so many; its events are told from then on, across reconnects. */
  async join(room: RoomId, start: { readonly after?: number; readonly last?: number }): Promise<Joined> {
    for (;;) {
      const wire = await this.online();
      try {
        return await this.#join(wire, room, start);
      } catch (error) {
        this.#room = undefined;
        await this.throwUnlessLost(wire, error);
      }
    }
  }

  /** Logs out, forgets this device's token, and ends. */
  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#wire.close(this.#token === undefined ? {} : { forget: this.#token });
    this.#end(new Unreachable("The connection is closed."));
  }

  async #join(wire: Wire, room: RoomId, start: { readonly after?: number; readonly last?: number }): Promise<Joined> {
    const answer = wire.ask({ op: "join", room, ...start });
    // Events may come in one piece with the answer, and are told before anybody has read it.
    const following = this.#room = { id: room, seen: start.after ?? -1 };
    const joined = await expect(answer, "joined");
    if (following.seen < 0) following.seen = Math.max(0, joined.head - (start.last ?? 0));
    return joined;
  }

  #hear(message: Told): void {
    if (message.op === "bye") this.#returnMs = message.retryAfter;
    const room = this.#room;
    if (message.op === "event" && room?.id === message.room) {
      if (message.seq <= room.seen) return;
      room.seen = message.seq;
    }
    this.#options.told?.(message);
  }

  /** Waits for the end of each connection, and makes the next one. */
  async #keep(wire: Wire): Promise<void> {
    for (;;) {
      await wire.closed;
      if (this.#stop.signal.aborted) return;
      this.#online = Promise.withResolvers<Wire>();
      this.#online.promise.catch(() => {});
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
    const since = performance.now();
    let reason = "the connection was lost";
    for (let attempt = 0;; attempt++) {
      const backoff = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** attempt);
      // Jitter keeps a room full of clients from coming back in the same moment.
      const retryMs = Math.round(this.#returnMs ?? backoff * (0.5 + Math.random() / 2));
      this.#returnMs = undefined;
      if (performance.now() - since + retryMs > (this.#options.giveUpMs ?? Infinity)) {
        throw new Unreachable(`Cannot go on: ${reason}.`);
      }
      this.#options.changed?.({ state: "offline", reason, retryMs });
      await pause(retryMs, this.#stop.signal);
      try {
        return await this.#connect();
      } catch (error) {
        const passing = error instanceof Unreachable || (error instanceof Refused && error.retryAfter !== undefined);
        if (!passing) throw error;
        if (error instanceof Refused) this.#returnMs = error.retryAfter;
        reason = error.message;
      }
    }
  }

  async #connect(): Promise<Wire> {
    const { address, client } = this.#options;
    const wire = await Wire.connect(address, {
      client,
      told: (message) => this.#hear(message),
    });
    try {
      await this.#enter(wire);
      // Said before the room goes on, so that what was missed comes behind it.
      this.#options.changed?.({ state: "online" });
      const room = this.#room;
      if (room) {
        const again = () => this.#join(wire, room.id, {});
        const { members } = await this.#join(wire, room.id, { after: room.seen }).catch(startOver(again));
        this.#options.told?.({ op: "members", room: room.id, members });
      }
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
        return;
      } catch (error) {
        if (!(error instanceof Refused && error.code === "token-invalid")) throw error;
      }
    }
    const { password } = this.#options.entrance;
    const remember = this.#options.remember ?? false;
    const entered = await expect(
      wire.ask({ op: "login", account: this.account.account, password, remember }),
      "logged-in",
    );
    this.#token = entered.token;
  }

  #end(error: Error): void {
    this.#stop.abort();
    this.#online = Promise.withResolvers<Wire>();
    this.#online.promise.catch(() => {});
    this.#online.reject(error);
    this.#options.changed?.({ state: "ended", error });
  }
}

/** A server that is behind what we have seen was set back to an older copy: nothing can be resumed from it. */
const startOver = (again: () => Promise<Joined>) => (error: unknown): Promise<Joined> => {
  if (error instanceof Refused && error.code === "sequence-ahead") return again();
  throw error;
};

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
