/** Every connection of the old client, from the first byte to the last: what `admission.ts` is to the others. */
import { Connection, type Socket } from "../../net/connection.ts";
import { within } from "../../net/within.ts";
import { LegacyDecoder } from "../../protocol/legacy_decoder.ts";
import { LegacyLogins } from "./legacy_logins.ts";
import type { LegacyPatience } from "./legacy_patience.ts";
import { LegacySession } from "./legacy_session.ts";
import type { Peer } from "../limits/peer.ts";
import type { Services } from "../services.ts";

/** What the last notice may take. */
const FAREWELL_MS = 1000;

export class LegacyAdmission {
  readonly #services: Services;
  readonly #patience: LegacyPatience;
  readonly #logins: LegacyLogins;
  readonly #sessions = new Map<LegacySession, Promise<void>>();
  #closing = false;

  constructor(services: Services, patience: LegacyPatience) {
    this.#services = services;
    this.#patience = patience;
    this.#logins = new LegacyLogins(patience);
  }

  /** Serves a connection; one that is refused hears no to whatever it asks, since the old client takes silence for a yes. */
  admit(socket: Socket, peer: Peer, { isRefused = false }: { readonly isRefused?: boolean } = {}): void {
    if (this.#closing) return socket.close();
    // The session replaces the limits before anything is read.
    const decoder = new LegacyDecoder(() => ({ how: "whole", limit: 0 }));
    const connection = new Connection(socket, { decoder, traffic: this.#services.metrics.traffic });
    const options = { services: this.#services, logins: this.#logins, patience: this.#patience, peer, isRefused };
    const session = new LegacySession(connection, options);
    this.#sessions.set(session, session.run().finally(() => this.#sessions.delete(session)));
  }

  get size(): number {
    return this.#sessions.size;
  }

  sessions(): Iterable<LegacySession> {
    return this.#sessions.keys();
  }

  /**
   * Ends those that stopped in the middle of a frame, take too long for one before they log in, or take nothing of what is written to them. Silence between two frames
   * is no fault: a login window may stay open for hours, and a person who only reads says nothing.
   */
  look({ frame, write, visitor }: { readonly frame: number; readonly write: number; readonly visitor: number }): void {
    for (const session of this.#sessions.keys()) {
      const { silentMs, stuckMs, isMidFrame, frameMs } = session.connection;
      if (!session.account && !session.peer.exempt && frameMs > visitor) {
        session.log("connection-refused", { code: "login-timeout" });
        session.connection.close();
        continue;
      }
      if (stuckMs > write || (isMidFrame && silentMs > frame)) {
        session.log(stuckMs > write ? "stuck" : "frame-timeout");
        session.connection.close();
      } else session.reader?.look();
    }
  }

  /** Tells everybody, as far as they can be told, and closes. */
  async close(): Promise<void> {
    this.#closing = true;
    const sessions = [...this.#sessions.keys()];
    await within(Promise.all(sessions.map((session) => farewell(session))), FAREWELL_MS);
    for (const session of sessions) session.connection.close();
    await Promise.all(this.#sessions.values());
  }
}

/** The old client shows nothing when the server goes, so a notice has to. */
async function farewell({ reader }: LegacySession): Promise<void> {
  reader?.tell("服务器即将关闭,请稍后重新登录");
  await reader?.quiet();
}
