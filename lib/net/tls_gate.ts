/**
 * TLS for connections that have been accepted already. The runtime can only begin TLS, as a server, on what its own TLS listener
 * accepts. So there is one on the loopback address, a connection to it for each that asks for TLS, and a relay in
 * between. It costs two system calls more for each piece of a stream, and two descriptors; in return TLS and plaintext share a
 * port, and a new certificate takes the place of the old one without anybody noticing.
 *
 * That listener is for us alone: whatever does not come from a port that a relay of ours has is closed. A peer is heard
 * through it as any other, from its own address, before its handshake is over, so that whoever counts peers counts it.
 */
import { acceptAll } from "./accept.ts";
import type { Socket } from "./connection.ts";
import { gathered } from "./gathered.ts";
import { Relay } from "./relay.ts";

/** A certificate, followed by those that lead to its authority, and its key; PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

export interface TlsGateOptions {
  /** The system refused a connection, for want of descriptors say. */
  readonly failed: (error: unknown, waitMs: number) => void;
  /** What a handshake may take, in milliseconds. */
  readonly handshakeMs?: number;
}

/** Whoever is to speak with a peer through TLS. */
export interface SecuredTaker {
  /** Gets what the peer says and hears; the peer may still have to show that it can speak TLS at all. */
  readonly secured: (socket: Socket) => void;
  /** The peer and we did not come to terms, or not in time. */
  readonly refused: (reason: string) => void;
}

/** The first byte of whoever wants to speak TLS. As the id of a message it is a POST, which is no connection's first. */
export const TLS_HANDSHAKE = 0x16;

const HANDSHAKE_MS = 10_000;
const FAREWELL_MS = 1000;
const LOOPBACK = "127.0.0.1";
/** Connections under way to one listener: fewer than its backlog holds (128), which otherwise loses some for a second. */
const MAX_CONNECTING = 100;

export class TlsGate {
  readonly #options: TlsGateOptions;
  readonly #relays = new Set<Relay>();
  #door: Door;

  /** Throws when these are no credentials, or do not belong together. */
  constructor(credentials: Credentials, options: TlsGateOptions) {
    this.#options = options;
    this.#door = new Door(credentials, options.failed);
  }

  /** Serves connections from now on with other credentials. Throws, and keeps the old ones, when these are none. */
  replace(credentials: Credentials): void {
    const door = new Door(credentials, this.#options.failed);
    this.#door.retire();
    this.#door = door;
  }

  /** Does TLS with a peer; its socket is ours from here on. */
  async admit(near: Socket, taker: SecuredTaker): Promise<void> {
    try {
      const { far, secured } = await this.#door.pass();
      const relay = new Relay(near, far);
      this.#relays.add(relay);
      relay.ended.then(() => this.#relays.delete(relay));
      this.#shakeHands(secured, { relay, refused: taker.refused });
      const socket = gathered(secured);
      taker.secured({
        ...socket,
        close() {
          socket.close();
          relay.finish();
        },
      });
    } catch (error) {
      near.close();
      this.#options.failed(error, 0);
    }
  }

  /** Takes no more, and gives what was said last a moment to arrive. */
  async close(): Promise<void> {
    this.#door.retire();
    for (const relay of this.#relays) relay.finish(FAREWELL_MS);
    await Promise.all([...this.#relays].map(({ ended }) => ended));
  }

  #shakeHands(
    secured: Deno.TlsConn,
    { relay, refused }: { readonly relay: Relay; readonly refused: SecuredTaker["refused"] },
  ): void {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      relay.close();
    }, this.#options.handshakeMs ?? HANDSHAKE_MS);
    secured.handshake().then(() => clearTimeout(timer), (error) => {
      clearTimeout(timer);
      refused(late ? "it took too long" : error instanceof Error ? error.message : String(error));
      relay.finish();
    });
  }
}

interface Passage {
  /** Our end of a connection to the listener, and what the listener has made of the other. */
  readonly far: Deno.TcpConn;
  readonly secured: Deno.TlsConn;
}

/** One listener, for as long as its credentials are the ones to use. */
class Door {
  readonly #listener: Deno.TlsListener;
  /** What came in, by the port that it came from, until it is asked for. */
  readonly #arrived = new Map<number, Deno.TlsConn>();
  /** Who waits for what comes from a port. */
  readonly #expected = new Map<number, (secured: Deno.TlsConn) => void>();
  readonly #queue: (() => void)[] = [];
  #connecting = 0;
  #retired = false;

  constructor({ cert, key }: Credentials, failed: TlsGateOptions["failed"]) {
    this.#listener = Deno.listenTls({ hostname: LOOPBACK, port: 0, cert, key });
    void acceptAll([this.#listener], { accepted: (secured) => this.#take(secured), failed });
  }

  async pass(): Promise<Passage> {
    if (this.#connecting >= MAX_CONNECTING) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#connecting++;
    try {
      const far = await Deno.connect({ hostname: LOOPBACK, port: this.#listener.addr.port });
      far.setNoDelay(true);
      return { far, secured: await this.#other(far.localAddr.port) };
    } finally {
      this.#connecting--;
      this.#queue.shift()?.();
      this.#settle();
    }
  }

  /** Lets those in who are on their way, and nobody else. */
  retire(): void {
    this.#retired = true;
    this.#settle();
  }

  #other(port: number): Promise<Deno.TlsConn> {
    const secured = this.#arrived.get(port);
    this.#arrived.delete(port);
    if (secured) return Promise.resolve(secured);
    return new Promise((resolve) => this.#expected.set(port, resolve));
  }

  /** It may come before our own end knows its port. */
  #take(secured: Deno.TlsConn): void {
    const { hostname, port } = secured.remoteAddr;
    const expected = this.#expected.get(port);
    if (hostname !== LOOPBACK || (!expected && this.#connecting === 0)) return secured.close();
    this.#expected.delete(port);
    if (expected) expected(secured);
    else this.#arrived.set(port, secured);
  }

  /** When nobody of ours is on the way, what is left was a stranger's. */
  #settle(): void {
    if (this.#connecting > 0 || this.#queue.length > 0) return;
    for (const secured of this.#arrived.values()) secured.close();
    this.#arrived.clear();
    if (this.#retired) this.#listener.close();
  }
}
