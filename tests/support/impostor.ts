/** Somebody between client and server, with a certificate of their own, who writes down what they hear. */
import { divert } from "../../lib/net/divert.ts";
import type { Socket } from "../../lib/net/connection.ts";
import { hangUpWith } from "../../lib/net/hang_up.ts";
import { Relay } from "../../lib/net/relay.ts";
import { TLS_HANDSHAKE, TlsGate } from "../../lib/net/tls_gate.ts";
import { COMMANDS } from "../../lib/protocol/command.ts";
import { errorMessage, serverCodec } from "../../lib/protocol/server_message.ts";
import { SELF_SIGNED_NAME } from "../../lib/server/tls/certificate.ts";
import { makeSelfSigned } from "../../lib/server/tls/self_signed.ts";
import { overheard } from "./overheard.ts";

export interface ImpostorOptions {
  readonly target: Deno.NetAddr;
  /** What they say their certificate is. */
  readonly offers: "its own certificate" | "the server's certificate" | "no TLS at all";
}

export class Impostor implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #gate: TlsGate;
  readonly #relays: Relay[] = [];
  readonly #options: ImpostorOptions;
  readonly #pem: string;
  readonly #running: Promise<void>;
  /** How many connections came. */
  asked = 0;
  /** What was said to them, in a form in which ASCII can be looked for. */
  heard = "";

  private constructor(options: ImpostorOptions, { gate, pem }: { readonly gate: TlsGate; readonly pem: string }) {
    this.#options = options;
    this.#gate = gate;
    this.#pem = pem;
    this.#running = this.#accept();
  }

  static async start(options: ImpostorOptions): Promise<Impostor> {
    const own = await makeSelfSigned();
    return new Impostor(options, { gate: new TlsGate(own, { failed: () => {} }), pem: own.cert });
  }

  get address(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#running;
    for (const relay of this.#relays) relay.close();
    await this.#gate.close();
  }

  async #accept(): Promise<void> {
    try {
      for await (const socket of this.#listener) {
        this.asked++;
        void this.#serve(socket);
      }
    } catch {
      // It was closed.
    }
  }

  async #serve(socket: Socket): Promise<void> {
    const { offers } = this.#options;
    const kept = divert(socket, [
      {
        takes: (first) => first === TLS_HANDSHAKE && offers === "no TLS at all",
        taken: (other) => void hangUpWith(this.#answer(), other),
      },
      {
        takes: (first) => first === TLS_HANDSHAKE,
        taken: (other) =>
          void this.#gate.admit(other, { secured: (secured) => void this.#pass(secured), refused: () => {} }),
      },
      {
        takes: (first) => first === COMMANDS.certificate.id && offers !== "the server's certificate",
        taken: (other) => void hangUpWith(this.#answer(), other),
      },
      { takes: () => true, taken: (other) => void this.#pass(other) },
    ]);
    await kept.read(new Uint8Array(4096)).catch(() => null);
    // Nothing came.
    kept.close();
  }

  #answer(): Uint8Array {
    return this.#options.offers === "no TLS at all"
      ? serverCodec.encode(errorMessage("tls-unavailable"))
      : serverCodec.encode({ op: "certificate", pem: this.#pem, name: SELF_SIGNED_NAME });
  }

  /** Hands on what is said to the real server, and writes it down. */
  async #pass(near: Socket): Promise<void> {
    const { hostname, port } = this.#options.target;
    const far = await Deno.connect({ hostname, port });
    this.#relays.push(new Relay(overheard(near, (text) => this.heard += text), far));
  }
}
