/**
 * A socket whose first byte decides who it belongs to. Its owner reads from it as from any other; when the first byte is one
 * that somebody else takes, the owner sees the end of the stream, and the other gets the socket with nothing missing.
 */
import type { Socket } from "./connection.ts";

export interface Taker {
  readonly takes: (first: number) => boolean;
  readonly taken: (socket: Socket) => void;
}

/** The first of the takers that wants it gets it. */
export function divert(socket: Socket, takers: readonly Taker[]): Socket {
  let state: "undecided" | "kept" | "taken" = "undecided";
  async function readFirst(buffer: Uint8Array): Promise<number | null> {
    if (state === "taken") return null;
    const length = await socket.read(buffer);
    const [first] = buffer;
    if (length === null || length === 0 || first === undefined) return length;
    const taker = takers.find(({ takes }) => takes(first));
    state = taker ? "taken" : "kept";
    if (!taker) return length;
    taker.taken(startingWith(buffer.slice(0, length), socket));
    return null;
  }

  return {
    read: (buffer) => state === "kept" ? socket.read(buffer) : readFirst(buffer),
    write: (bytes) => state === "taken" ? Promise.resolve(bytes.length) : socket.write(bytes),
    closeWrite: () => state === "taken" ? Promise.resolve() : socket.closeWrite(),
    close() {
      if (state !== "taken") socket.close();
    },
  };
}

/** A socket from which these bytes are read first. */
export function startingWith(bytes: Uint8Array, socket: Socket): Socket {
  let rest = bytes;
  return {
    read(buffer) {
      if (rest.length === 0) return socket.read(buffer);
      const length = Math.min(buffer.length, rest.length);
      buffer.set(rest.subarray(0, length));
      rest = rest.subarray(length);
      return Promise.resolve(length);
    },
    write: (written) => socket.write(written),
    closeWrite: () => socket.closeWrite(),
    close: () => socket.close(),
  };
}
