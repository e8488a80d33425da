/**
 * Two sockets that are each other's continuation: what is read from one is written to the other.
 *
 * It keeps nothing but what it has read last: a side that does not take its bytes is not read for. The end of a stream goes on
 * as the end of a stream, and a reset as a close. The *near* side is the peer's, the *far* side our own: when the far
 * side has said all that it will ever say, the peer gets so long to take it and to go.
 */
import type { Socket } from "./connection.ts";

/** A peer that says little costs the smallest; one that streams soon has the largest. */
const BUFFERS = [2 * 1024, 16 * 1024, 64 * 1024] as const;

/** What a peer may take to read the last bytes, and to go. */
const LINGER_MS = 5000;

export class Relay {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #ended = Promise.withResolvers<void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(near: Socket, far: Socket) {
    this.#near = near;
    this.#far = far;
    void this.#run();
  }

  /** Resolves when both sockets are closed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The far side has closed: what it said may still arrive, but is not waited for any longer than that. */
  finish(ms = LINGER_MS): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), ms);
  }

  /** Closes both at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const socket of [this.#near, this.#far]) closeQuietly(socket);
    this.#ended.resolve();
  }

  async #run(): Promise<void> {
    const inward = this.#inward();
    try {
      await pass(this.#far, (bytes) => writeAll(this.#near, bytes));
      await this.#near.closeWrite();
      this.finish();
      // Closing with bytes unread would tell the peer's system to throw away what it has not handed over yet.
      await inward;
    } catch {
      // One of them was reset, or closed by the other direction.
    }
    this.close();
  }

  async #inward(): Promise<void> {
    let isHeard = true;
    try {
      await pass(this.#near, async (bytes) => {
        if (isHeard) isHeard = await writeAll(this.#far, bytes).then(() => true, () => false);
      });
      if (isHeard) await this.#far.closeWrite().catch(() => {});
    } catch {
      this.close();
    }
  }
}

/** Reads to the end, in pieces as large as what comes is. */
async function pass(from: Socket, give: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  let size = 0;
  let buffer = new Uint8Array(BUFFERS[0]);
  for (;;) {
    const length = await from.read(buffer);
    if (length === null) return;
    await give(buffer.subarray(0, length));
    const fits = length === buffer.length ? Math.min(size + 1, BUFFERS.length - 1) : length <= BUFFERS[0] ? 0 : size;
    if (fits !== size) buffer = new Uint8Array(BUFFERS[size = fits] ?? 0);
  }
}

async function writeAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
}

function closeQuietly(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}
