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
export const divert = (socket: Socket, takers: readonly Taker[]): Socket => new Undecided(socket, takers);

class Undecided implements Socket {
  readonly #socket: Socket;
  #taken = false;
  /** Nobody's once it is decided: there is one of these for every connection. */
  #takers: readonly Taker[] | undefined;

  constructor(socket: Socket, takers: readonly Taker[]) {
    this.#socket = socket;
    this.#takers = takers;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#taken) return Promise.resolve(null);
    return this.#takers ? this.#readFirst(buffer, this.#takers) : this.#socket.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#taken ? Promise.resolve(bytes.length) : this.#socket.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#taken ? Promise.resolve() : this.#socket.closeWrite();
  }

  close(): void {
    if (!this.#taken) this.#socket.close();
  }

  async #readFirst(buffer: Uint8Array, takers: readonly Taker[]): Promise<number | null> {
    const length = await this.#socket.read(buffer);
    const [first] = buffer;
    if (length === null || length === 0 || first === undefined) return length;
    this.#takers = undefined;
    const taker = takers.find(({ takes }) => takes(first));
    if (!taker) return length;
    this.#taken = true;
    taker.taken(startingWith(buffer.slice(0, length), this.#socket));
    return null;
  }
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
