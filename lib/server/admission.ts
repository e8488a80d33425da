/** Every connection from its first byte to its last: a session for each, and a sweep that notices the silent and the stuck. */
import type { Account } from "../chat/types.ts";
import { Connection, type Socket } from "../net/connection.ts";
import type { AddressRanges } from "../net/address_ranges.ts";
import { divert, type Taker } from "../net/divert.ts";
import { proxied } from "../net/proxied.ts";
import { ReleasingSocket } from "../net/releasing_socket.ts";
import { TLS_HANDSHAKE } from "../net/tls_gate.ts";
import { FrameDecoder } from "../protocol/frame.ts";
import { hangUpWith } from "../net/hang_up.ts";
import { COMMANDS } from "../protocol/command.ts";
import { isLegacyId } from "../protocol/legacy_decoder.ts";
import { FRAME_TIMEOUT_MS, HEARTBEAT_MS, TRANSFER_IDLE_MS } from "../protocol/limits.ts";
import { errorMessage, serverCodec } from "../protocol/server_message.ts";
import { Buckets } from "./limits/buckets.ts";
import { type Census, takeCensus } from "./metrics/census.ts";
import { LegacyAdmission } from "./legacy/legacy_admission.ts";
import { type Peer, peerAt } from "./limits/peer.ts";
import { LEGACY_PATIENCE, type LegacyPatience } from "./legacy/legacy_patience.ts";
import { admitsPlaintext, type Plaintext } from "./tls/plaintext.ts";
import type { Services } from "./services.ts";
import { Session, visitorLimit } from "./session.ts";
import type { Tls } from "./tls/tls.ts";
import { turnAway } from "./turn_away.ts";

/** How long a peer may be silent or stuck, in milliseconds. */
export interface Patience {
  /** Between two looks at all connections. */
  readonly sweep: number;
  /** Until it has agreed on TLS with us. */
  readonly handshake: number;
  /** In the middle of a frame. */
  readonly frame: number;
  /** Before it is sent a PING; after twice that in silence it is gone. */
  readonly heartbeat: number;
  /** Taking nothing of what is being written to it. */
  readonly write: number;
  /** Sending or acknowledging nothing of a transfer. */
  readonly transfer: number;
  /** What the old client is given, which cannot be pinged and does not send anything by itself. */
  readonly legacy: LegacyPatience;
}

export const PATIENCE: Patience = {
  sweep: 1000,
  handshake: 10_000,
  frame: FRAME_TIMEOUT_MS,
  heartbeat: HEARTBEAT_MS,
  write: 60_000,
  transfer: TRANSFER_IDLE_MS,
  legacy: LEGACY_PATIENCE,
};

/** When clients are asked to come back after a shutdown: each at another moment, before which a new server cannot be there. */
const RETURN_MS = { soonest: 250, spread: 1250 } as const;
/** When another server takes over, which listens already: as they can be served, at a millisecond each. */
const SUCCESSION_MS = { soonest: 50, spreadEach: 1 } as const;

/** Visitors that are sent away at once when no more connections can be opened. */
const EVICTED = 16;

/** Milliseconds after which somebody may try again for whom there is no place. */
const FULL_RETRY_MS = 10_000;

/** Milliseconds in which a proxy has to say so. */
const PROXY_MS = 5000;

export interface Trust {
  readonly trust: AddressRanges;
  readonly trustProxy: AddressRanges;
}

/** A connection, and who is at the other end of it. */
export interface Seat {
  readonly connection: number;
  readonly address: string;
  readonly dialect: "modern" | "legacy";
  readonly account: Account | undefined;
}

export interface AdmissionOptions {
  readonly patience: Patience;
  /** Nothing when TLS is off. */
  readonly tls: Tls | undefined;
  /** Who may speak without TLS. */
  readonly plaintext: () => Plaintext;
  /** Whom no limit on abuse holds for, and proxies that say where a connection comes from. */
  readonly trust: () => Trust;
}

export class Admission {
  readonly #services: Services;
  readonly #patience: Patience;
  readonly #tls: Tls | undefined;
  readonly #plaintext: () => Plaintext;
  readonly #legacy: LegacyAdmission;
  readonly #sessions = new Map<Session, Promise<void>>();
  readonly #pinged = new WeakSet<Session>();
  readonly #sweep: ReturnType<typeof setInterval>;
  readonly #trust: () => Trust;
  /** Those of which a proxy has yet to say where they come from. */
  readonly #unwrapping = new Set<Socket>();
  readonly #logged = new Buckets({ amount: 1, periodMs: 60_000 });
  #count = 0;
  /** What the system has turned out to bear. */
  #limit = Infinity;

  constructor(services: Services, { patience, tls, plaintext, trust }: AdmissionOptions) {
    this.#services = services;
    this.#patience = patience;
    this.#tls = tls;
    this.#plaintext = plaintext;
    this.#trust = trust;
    this.#legacy = new LegacyAdmission(services, patience.legacy);
    this.#sweep = setInterval(() => this.#look(), patience.sweep);
  }

  /** Takes a connection in that comes from an address, or from wherever the proxy there says. */
  admit(socket: Socket, address: string): void {
    if (this.#trust().trustProxy.has(address)) void this.#unwrap(socket, address);
    else this.#admit(socket, address);
  }

  async #unwrap(socket: Socket, proxy: string): Promise<void> {
    this.#unwrapping.add(socket);
    const found = await proxied(socket, PROXY_MS).catch(() => undefined);
    if (!this.#unwrapping.delete(socket)) return;
    if (found) return this.#admit(found.socket, found.source ?? proxy);
    if (this.#logged.take(proxy) === 0) this.#services.log("proxy-silent", { peer: proxy });
    socket.close();
  }

  /** Takes a connection in, if there is a place for one from there. */
  #admit(socket: Socket, address: string): void {
    const { metrics, guard } = this.#services;
    metrics.connections.accepted++;
    const peer = peerAt(address, { id: ++this.#count, trusted: this.#trust().trust });
    if (this.#isFull() && !this.#makeRoom()) return this.#refuse(socket, { peer, wait: FULL_RETRY_MS });
    const place = guard.connections.take(peer);
    if (!("release" in place)) return this.#refuse(socket, { peer, wait: place.wait });
    this.#distribute(peer.exempt ? socket : new ReleasingSocket(socket, place.release), peer);
  }

  #refuse(socket: Socket, { peer, wait }: { readonly peer: Peer; readonly wait: number }): void {
    const { metrics, log } = this.#services;
    metrics.connections.rejected++;
    metrics.refused("too-many-connections");
    // A flood of connections is not to become one of lines.
    if (this.#logged.take(peer.network) === 0) {
      log("connection-turned-away", { peer: peer.address, code: "too-many-connections" });
    }
    void turnAway(socket, wait);
  }

  /** The first byte of a connection is that of a TLS handshake, or the id of its first message, which settles the dialect. */
  #distribute(socket: Socket, peer: Peer): void {
    const mayBePlain = admitsPlaintext(this.#plaintext(), peer.address);
    const tls = this.#tls;
    this.#serve(socket, peer, [
      ...(tls ? [{ takes: isTls, taken: (other: Socket) => this.#secure(other, { peer, tls }) }] : []),
      { takes: isCertificate, taken: (other) => void hangUpWith(tls?.offer ?? NO_TLS, other) },
      { takes: isLegacyId, taken: (other) => this.#legacy.admit(other, peer, { isRefused: !mayBePlain }) },
      { takes: () => !mayBePlain, taken: (other) => this.#refusePlaintext(other, peer) },
    ]);
  }

  #serve(socket: Socket, peer: Peer, takers: readonly Taker[]): void {
    const { metrics: { traffic }, limits: { sendq } } = this.#services;
    const decoder = new FrameDecoder(visitorLimit);
    const connection = new Connection(divert(socket, takers), { decoder, replyLimit: sendq, traffic });
    const session = new Session(this.#services, connection, peer);
    this.#sessions.set(session, session.run(() => this.#sessions.delete(session)));
  }

  /** Looks at all connections. */
  census(): Census {
    return takeCensus([...this.#sessions.keys()], [...this.#legacy.sessions()]);
  }

  /** Every connection that is open, whether anybody has logged in there or not. */
  seats(): readonly Seat[] {
    return this.#open().map((session) => ({
      connection: session.peer.id,
      address: session.peer.address,
      dialect: session instanceof Session ? "modern" : "legacy",
      account: session.account,
    }));
  }

  /** Both dialects are spoken through TLS as they are without. */
  #secure(socket: Socket, { peer, tls }: { readonly peer: Peer; readonly tls: Tls }): void {
    tls.admit(socket, {
      secured: (secured) =>
        this.#serve(secured, peer, [{ takes: isLegacyId, taken: (other) => this.#legacy.admit(other, peer) }]),
      refused: (reason) => this.#logOf(peer)("handshake-failed", { reason }),
    });
  }

  #refusePlaintext(socket: Socket, peer: Peer): void {
    this.#services.metrics.connections.rejected++;
    this.#logOf(peer)("plaintext-refused");
    void hangUpWith(TLS_REQUIRED, socket);
  }

  readonly #logOf = ({ id, address }: Peer) => this.#services.log.of(() => ({ connection: id, peer: address }));

  /** There are more connections than the system bears: from now on there are a few less. */
  limitToFewer(): void {
    this.#limit = Math.max(1, this.#open().length - EVICTED);
    this.#services.log("connections-limited", { connections: this.#limit });
    this.#makeRoom();
  }

  /** Those that are being closed still count at first, so that counting costs nothing while there is room. */
  #isFull(): boolean {
    const limit = Math.min(this.#limit, this.#services.guard.connections.most);
    return this.#sessions.size + this.#legacy.size >= limit && this.#open().length >= limit;
  }

  #open() {
    const sessions = [...this.#sessions.keys(), ...this.#legacy.sessions()];
    return sessions.filter(({ connection }) => connection.isOpen);
  }

  /** Sends away those who have been silent longest without ever having logged in; whether there were any. */
  #makeRoom(): boolean {
    const visitors = this.#open().filter(({ account }) => !account).map(({ connection }) => connection);
    const longest = visitors.toSorted((a, b) => b.silentMs - a.silentMs).slice(0, EVICTED);
    for (const connection of longest) connection.close();
    return longest.length > 0;
  }

  /** Tells everybody to come back, each at another moment, and waits until all have been heard out. */
  async close({ successor }: { readonly successor: boolean }): Promise<void> {
    clearInterval(this.#sweep);
    for (const socket of this.#unwrapping) socket.close();
    this.#unwrapping.clear();
    const members = [...this.#sessions.keys()].filter(({ account }) => account);
    const spread = Math.min(RETURN_MS.spread, successor ? SUCCESSION_MS.spreadEach * members.length : Infinity);
    const { soonest } = successor ? SUCCESSION_MS : RETURN_MS;
    for (const session of this.#sessions.keys()) {
      const retryAfter = Math.round(soonest + Math.random() * spread);
      void session.end("shutdown", "The server is shutting down; come back in a moment.", { retryAfter });
    }
    await Promise.all([...this.#sessions.values(), this.#legacy.close()]);
  }

  #look(): void {
    const { heartbeat, frame, write, transfer } = this.#patience;
    const { visitorTime } = this.#services.guard;
    this.#legacy.look({ ...this.#patience, visitor: visitorTime });
    for (const session of this.#sessions.keys()) {
      const { silentMs, stuckMs, isMidFrame, ageMs } = session.connection;
      session.endIdleTransfers(transfer);
      if (silentMs < heartbeat) this.#pinged.delete(session);
      if (stuckMs > write) {
        session.log("stuck");
        session.connection.close();
      } else if (isMidFrame && silentMs > frame) {
        void session.fail("frame-timeout");
      } else if (!session.account && !session.peer.exempt && ageMs > visitorTime && silentMs > 0) {
        void session.fail("login-timeout");
      } else if (silentMs > 2 * heartbeat) {
        session.log("silent");
        void session.end("idle", "Nothing was heard from you for too long.");
      } else if (silentMs > heartbeat && !this.#pinged.has(session)) {
        this.#pinged.add(session);
        session.ping();
      }
    }
  }
}

const isTls = (first: number): boolean => first === TLS_HANDSHAKE;
const isCertificate = (first: number): boolean => first === COMMANDS.certificate.id;
const TLS_REQUIRED = serverCodec.encode(errorMessage("tls-required"));
const NO_TLS = serverCodec.encode(errorMessage("tls-unavailable"));
