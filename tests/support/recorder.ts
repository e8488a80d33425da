/** A wire that somebody listens on: everything passes both ways as it is, and is kept. */
import { Relay } from "../../lib/net/relay.ts";
import { overheard } from "./overheard.ts";

export class Recorder implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: Deno.NetAddr;
  readonly #relays: Relay[] = [];
  readonly #running: Promise<void>;
  /** What passed, in a form in which ASCII can be looked for. */
  heard = "";

  private constructor(target: Deno.NetAddr) {
    this.#target = target;
    this.#running = this.#accept();
  }

  static start(target: Deno.NetAddr): Promise<Recorder> {
    return Promise.resolve(new Recorder(target));
  }

  get address(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#running;
    for (const relay of this.#relays) relay.close();
    await Promise.all(this.#relays.map(({ ended }) => ended));
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) {
        const { hostname, port } = this.#target;
        const far = await Deno.connect({ hostname, port });
        const hear = (text: string) => this.heard += text;
        this.#relays.push(new Relay(overheard(near, hear), overheard(far, hear)));
      }
    } catch {
      // It was closed.
    }
  }
}
