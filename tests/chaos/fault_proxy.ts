/**
 * A bad network between clients and server: what passes is cut into pieces and delayed, and now and then a connection is
 * broken off, in the middle of a frame as likely as not, or closed in one direction only.
 */
import type { Random } from "./random.ts";

export interface FaultProxyOptions {
  readonly target: () => number;
  readonly random: Random;
}

export class FaultProxy implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #options: FaultProxyOptions;
  readonly #open = new Set<Deno.Conn>();
  /** Whether it does harm. */
  hostile = true;
  broken = 0;

  constructor(options: FaultProxyOptions) {
    this.#options = options;
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const socket of this.#open) close(socket);
  }

  async #accept(): Promise<void> {
    try {
      for await (const socket of this.#listener) void this.#serve(socket, this.#options.random.fork());
    } catch {
      // Closed.
    }
  }

  async #serve(near: Deno.TcpConn, random: Random): Promise<void> {
    let far: Deno.TcpConn;
    try {
      far = await Deno.connect({ hostname: "127.0.0.1", port: this.#options.target() });
    } catch {
      return close(near);
    }
    this.#open.add(near).add(far);
    // Each direction has its own end in sight, in bytes; most are never reached.
    const ends = () => this.hostile && random.chance(0.7) ? random.between(1, 400_000) : Infinity;
    await Promise.all([this.#pass(near, far, { random, end: ends() }), this.#pass(far, near, { random, end: ends() })]);
    for (const socket of [near, far]) {
      close(socket);
      this.#open.delete(socket);
    }
  }

  async #pass(
    from: Deno.Conn,
    to: Deno.TcpConn,
    fate: { readonly random: Random; readonly end: number },
  ): Promise<void> {
    const { random, end } = fate;
    const buffer = new Uint8Array(64 * 1024);
    let passed = 0;
    try {
      for (;;) {
        const room = this.hostile && random.chance(0.3) ? random.between(1, 9) : buffer.length;
        const length = await from.read(buffer.subarray(0, room));
        if (length === null) {
          await to.closeWrite();
          return;
        }
        const kept = Math.min(length, end - passed);
        for (let at = 0; at < kept;) at += await to.write(buffer.subarray(at, kept));
        passed += kept;
        if (passed >= end) {
          this.broken++;
          close(from);
          close(to);
          return;
        }
        if (this.hostile && random.chance(0.02)) {
          await new Promise((resolve) => setTimeout(resolve, random.between(1, 30)));
        }
      }
    } catch {
      close(from);
      close(to);
    }
  }
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}
