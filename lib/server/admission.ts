/** Every connection from its first byte to its last: a session for each, and a sweep that notices the silent and the stuck. */
import { Connection, type Socket } from "../net/connection.ts";
import { FRAME_TIMEOUT_MS, HEARTBEAT_MS, TRANSFER_IDLE_MS } from "../protocol/limits.ts";
import type { Services } from "./services.ts";
import { Session, visitorLimit } from "./session.ts";

/** How long a peer may be silent or stuck, in milliseconds. */
export interface Patience {
  /** Between two looks at all connections. */
  readonly sweep: number;
  /** In the middle of a frame. */
  readonly frame: number;
  /** Before it is sent a PING; after twice that in silence it is gone. */
  readonly heartbeat: number;
  /** Taking nothing of what is being written to it. */
  readonly write: number;
  /** Sending or acknowledging nothing of a transfer. */
  readonly transfer: number;
}

export const PATIENCE: Patience = {
  sweep: 1000,
  frame: FRAME_TIMEOUT_MS,
  heartbeat: HEARTBEAT_MS,
  write: 60_000,
  transfer: TRANSFER_IDLE_MS,
};

/** How far apart clients are asked to come back after a shutdown. */
const RETURN_MS = { soonest: 250, spread: 1250 } as const;

export class Admission {
  readonly #services: Services;
  readonly #patience: Patience;
  readonly #sessions = new Map<Session, Promise<void>>();
  readonly #pinged = new WeakSet<Session>();
  readonly #sweep: ReturnType<typeof setInterval>;
  #count = 0;

  constructor(services: Services, patience: Patience) {
    this.#services = services;
    this.#patience = patience;
    this.#sweep = setInterval(() => this.#look(), patience.sweep);
  }

  admit(socket: Socket, address: string): void {
    const connection = new Connection(socket, { maxPayload: visitorLimit, replyLimit: this.#services.limits.sendq });
    const session = new Session(this.#services, connection, { id: ++this.#count, address });
    this.#sessions.set(session, session.run().finally(() => this.#sessions.delete(session)));
  }

  /** Tells everybody to come back, each at another moment, and waits until all have been heard out. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    for (const session of this.#sessions.keys()) {
      const retryAfter = Math.round(RETURN_MS.soonest + Math.random() * RETURN_MS.spread);
      void session.end("shutdown", "The server is shutting down; come back in a moment.", retryAfter);
    }
    await Promise.all(this.#sessions.values());
  }

  #look(): void {
    const { heartbeat, frame, write, transfer } = this.#patience;
    for (const session of this.#sessions.keys()) {
      const { silentMs, stuckMs, isMidFrame } = session.connection;
      session.endIdleTransfers(transfer);
      if (silentMs < heartbeat) this.#pinged.delete(session);
      if (stuckMs > write) {
        session.log("warn", "stuck");
        session.connection.close();
      } else if (isMidFrame && silentMs > frame) {
        void session.fail("frame-timeout");
      } else if (silentMs > 2 * heartbeat) {
        session.log("info", "silent");
        void session.end("idle", "Nothing was heard from you for too long.");
      } else if (silentMs > heartbeat && !this.#pinged.has(session)) {
        this.#pinged.add(session);
        session.ping();
      }
    }
  }
}
