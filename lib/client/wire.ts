/**
 * One connection to a server: greeted, and from then on questions with their answers and whatever else the server says.
 *
 * A question is answered by the message that carries its request number; an ERROR with that number rejects it with
 * {@linkcode Refused}, and the end of the connection with {@linkcode Unreachable}.
 */
import { Connection, type Incoming } from "../net/connection.ts";
import { CHUNK_ID, type Command, commandCodec } from "../protocol/command.ts";
import { within } from "../net/within.ts";
import { ERROR_CODES } from "../protocol/error_code.ts";
import { FrameDecoder, type FrameHeader } from "../protocol/frame.ts";
import {
  controlBytesFor,
  HEADER_BYTES,
  MAX_CHUNK_BYTES,
  MAX_SKIPPED_BYTES,
  PROTOCOL_VERSION,
} from "../protocol/limits.ts";
import { serverCodec, type ServerMessage } from "../protocol/server_message.ts";
import type { Address } from "./address.ts";
import { formatAddress } from "../net/format_address.ts";
import { connect, type Encryption } from "./encryption.ts";
import { LOST, Refused, Unreachable } from "./failure.ts";
import { CONNECT_MS } from "./tcp.ts";

export type Welcome = Extract<ServerMessage, { op: "welcome" }>;

/** A command as its sender writes it: the request number is the wire's to choose. */
export type Question = Command extends infer C ? C extends { request: number } ? Omit<C, "request"> : never : never;
export type Answer = Extract<ServerMessage, { request?: number }>;

export interface WireOptions {
  readonly client: string;
  readonly encryption: Encryption;
  /** Hears whatever answers nothing that was asked. */
  readonly told: (message: ServerMessage) => void;
}

/** One transfer's share of a connection. */
export interface StreamHandler {
  chunk(bytes: Uint8Array): Promise<void>;
  acknowledged(offset: number): void;
  failed(error: Error): void;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const PROBE_MS = 3_000;

export class Wire {
  readonly welcome: Welcome;
  readonly #connection: Connection;
  readonly #told: (message: ServerMessage) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #streams = new Map<number, StreamHandler>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #requests = 0;
  #lastStream = 0;

  private constructor(connection: Connection, welcome: Welcome, options: WireOptions) {
    this.#connection = connection;
    this.welcome = welcome;
    this.#told = options.told;
    this.#heartbeat = setInterval(() => this.#beat(), welcome.heartbeat / 3);
    connection.closed.then(() => this.#end());
  }

  /** Connects and greets. Rejects with {@linkcode Unreachable}, Untrusted or, if the server will not have us, {@linkcode Refused}. */
  static async connect(address: Address, options: WireOptions): Promise<Wire> {
    const socket = await connect(address, options.encryption);
    const connection = new Connection(socket, { decoder: new FrameDecoder(maxPayload) });
    const greeted = Promise.withResolvers<Wire>();
    let wire: Wire | undefined;
    const running = connection.run((incoming) => {
      if (wire) return wire.#receive(incoming);
      const first = incoming.type === "frame" ? serverCodec.decode(incoming) : undefined;
      if (first?.ok && first.message.op === "welcome") {
        greeted.resolve(wire = new Wire(connection, first.message, options));
      } else {
        const refusal = first?.ok && first.message.op === "error" ? new Refused(first.message) : undefined;
        greeted.reject(refusal ?? new Unreachable(`${formatAddress(address)} answers, but it is not a chat server.`));
        connection.close();
      }
    });
    running.then(() => connection.end(), () => connection.close());
    connection.closed.then(() =>
      greeted.reject(new Unreachable(`${formatAddress(address)} does not answer as a chat server does.`))
    );
    connection.send(commandCodec.encode({ op: "hello", version: PROTOCOL_VERSION, client: options.client }));
    const timer = setTimeout(() => connection.close(), CONNECT_MS);
    try {
      return await greeted.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<void> {
    return this.#connection.closed;
  }

  ask(question: Question): Promise<Answer> {
    if (!this.#connection.isOpen) return Promise.reject(new Unreachable(LOST));
    const request = ++this.#requests;
    const frame = commandCodec.encode({ ...question, request } as Command);
    // The server would read past it without knowing whose question it was.
    if (frame.length - HEADER_BYTES > controlBytesFor(this.welcome.limits.text)) {
      return Promise.reject(tooLarge(question));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      this.#connection.send(frame);
    });
  }

  /** Hangs up unless the server answers at once. */
  async probe(): Promise<void> {
    const answer = this.ask({ op: "ping" }).then(() => true, () => true);
    if (await within(answer, PROBE_MS) === undefined) this.#connection.close();
  }

  /** Says something that has no answer. */
  say(command: Extract<Command, { op: "ack" | "cancel" }>): void {
    this.#say(command);
  }

  /** Takes a free stream for a transfer; give it back with {@linkcode closeStream}. */
  openStream(handler: StreamHandler): number {
    do this.#lastStream = this.#lastStream % 65_535 + 1; while (this.#streams.has(this.#lastStream));
    this.#streams.set(this.#lastStream, handler);
    return this.#lastStream;
  }

  closeStream(stream: number): void {
    this.#streams.delete(stream);
  }

  /** Sends a frame of a transfer after everything else; resolves with whether it was written. */
  sendChunk(frame: Uint8Array): Promise<boolean> {
    return this.#connection.sendBulk(frame);
  }

  /** Says goodbye and closes. */
  async close(options: { readonly forget?: string } = {}): Promise<void> {
    if (this.#connection.isOpen) {
      // The answer is BYE and the end; when neither comes the connection is closed from here.
      this.#say({ op: "logout", request: ++this.#requests, ...options });
      const timer = setTimeout(() => this.#connection.close(), 1000);
      await this.closed;
      clearTimeout(timer);
    }
  }

  #say(command: Command): void {
    this.#connection.send(commandCodec.encode(command));
  }

  #receive(incoming: Incoming): void | Promise<void> {
    if (incoming.type !== "frame") return this.#connection.close();
    if (incoming.id === CHUNK_ID) return this.#streams.get(incoming.stream)?.chunk(incoming.payload);
    const decoded = serverCodec.decode(incoming);
    // A message of a newer server that this client does not know is none of its business.
    if (!decoded.ok) return;
    const { message } = decoded;
    if (message.op === "ping") return this.#say({ op: "pong", request: message.request });
    if (message.op === "ack") return this.#streams.get(message.stream)?.acknowledged(message.offset);
    const waiting = "request" in message && message.request !== undefined
      ? this.#waiting.get(message.request)
      : undefined;
    if (waiting && "request" in message && message.request !== undefined) {
      this.#waiting.delete(message.request);
      if (message.op === "error") waiting.reject(new Refused(message));
      else waiting.resolve(message);
    } else if (message.op === "error" && message.stream !== undefined) {
      this.#streams.get(message.stream)?.failed(new Refused(message));
    } else {
      this.#told(message);
    }
  }

  #beat(): void {
    const silent = this.#connection.silentMs;
    if (silent > 2 * this.welcome.heartbeat) this.#connection.close();
    else if (silent > this.welcome.heartbeat / 2) this.ask({ op: "ping" }).catch(() => {});
  }

  #end(): void {
    clearInterval(this.#heartbeat);
    const lost = new Unreachable(LOST);
    for (const waiting of this.#waiting.values()) waiting.reject(lost);
    this.#waiting.clear();
    for (const handler of this.#streams.values()) handler.failed(lost);
    this.#streams.clear();
  }
}

function tooLarge({ op }: Question): Refused {
  const code = op === "post" ? "text-too-long" : "frame-too-large";
  return new Refused({ code, message: ERROR_CODES[code] });
}

const maxPayload = (header: FrameHeader): number => header.id === CHUNK_ID ? MAX_CHUNK_BYTES : MAX_SKIPPED_BYTES;
