/** Between a client and a server, to lose their connections without telling either. */
export class Relay implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: number;
  #open: Deno.Conn[] = [];
  #lost: Deno.Conn[] = [];

  /** To a port of this machine. */
  constructor(target: number) {
    this.#target = target;
    void this.#accept();
  }

  get address(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** From now on nothing passes on the connections that there are, which look open to both sides. New ones are made. */
  forget(): void {
    this.#lost.push(...this.#open.splice(0));
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const socket of [...this.#open, ...this.#lost]) close(socket);
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) {
        const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        this.#open.push(near, far);
        void this.#pass(near, far);
        void this.#pass(far, near);
      }
    } catch {
      // Closed.
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let length; (length = await from.read(buffer)) !== null;) {
        if (this.#lost.includes(from)) continue;
        for (let done = 0; done < length;) done += await to.write(buffer.subarray(done, length));
      }
    } catch {
      // One side has gone.
    }
    if (!this.#lost.includes(from)) close(to);
  }
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}
