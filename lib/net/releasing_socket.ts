/** A socket that gives something back when it is closed: the place that it has taken, say. */
import type { Socket } from "./connection.ts";

export class ReleasingSocket implements Socket {
  readonly #socket: Socket;
  readonly #release: () => void;

  constructor(socket: Socket, release: () => void) {
    this.#socket = socket;
    this.#release = release;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#socket.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#socket.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  close(): void {
    this.#release();
    this.#socket.close();
  }
}
