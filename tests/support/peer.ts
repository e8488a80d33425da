/**
 * A peer that speaks the protocol frame by frame, or byte by byte where a test wants it wrong. It shares the codec with the
 * rest of the project and nothing of the client: it never retries, answers or acknowledges by itself.
 *
 * Whatever arrives waits in an inbox until it is expected. Every wait ends by a deadline that says what was heard instead.
 */
import { CHUNK_ID, type Command, commandCodec, COMMANDS } from "../../lib/protocol/command.ts";
import { encodeFrame, FrameDecoder, Kind } from "../../lib/protocol/frame.ts";
import { PROTOCOL_VERSION } from "../../lib/protocol/limits.ts";
import { serverCodec, type ServerMessage } from "../../lib/protocol/server_message.ts";
import { SELF_SIGNED_NAME } from "../../lib/server/tls/certificate.ts";
import { within } from "./within.ts";

export type Heard = ServerMessage | { readonly op: "chunk"; readonly stream: number; readonly payload: Uint8Array };
type HeardOf<Op extends Heard["op"]> = Extract<Heard, { op: Op }>;

/** A command whose request number the peer chooses. */
export type Question = Command extends infer C ? C extends { request: number } ? Omit<C, "request"> : never : never;
export type Answer = Extract<Heard, { request?: number }>;

interface Waiter {
  readonly match: (message: Heard) => boolean;
  readonly resolve: (message: Heard) => void;
}

export interface PeerOptions {
  /** The server's certificate, PEM: the peer speaks TLS then. */
  readonly certificate?: string;
  /** Takes a message out of the inbox before it gets there: for tests that hear more than they want to keep. */
  readonly intercept?: (message: Heard) => boolean;
}

export class Peer implements AsyncDisposable {
  /** What was heard and nobody has expected yet. */
  readonly inbox: Heard[] = [];
  readonly #socket: Deno.Conn;
  readonly #decoder = new FrameDecoder(() => 2 ** 32);
  readonly #intercept: (message: Heard) => boolean;
  readonly #running: Promise<void>;
  #waiters: Waiter[] = [];
  #gate: PromiseWithResolvers<void> | undefined;
  #requests = 0;
  #closed = false;

  private constructor(socket: Deno.Conn, options: PeerOptions) {
    this.#socket = socket;
    this.#intercept = options.intercept ?? (() => false);
    this.#running = this.#run();
  }

  /** Connects and says nothing. */
  static async connect(address: Deno.NetAddr, options: PeerOptions = {}): Promise<Peer> {
    const socket = await Deno.connect({ hostname: address.hostname, port: address.port });
    socket.setNoDelay(true);
    const { certificate } = options;
    if (certificate === undefined) return new Peer(socket, options);
    const secured = await Deno.startTls(socket, { hostname: SELF_SIGNED_NAME, caCerts: [certificate] });
    return new Peer(secured, options);
  }

  /** Connects and has been greeted. */
  static async greet(address: Deno.NetAddr, options: PeerOptions = {}): Promise<Peer> {
    const peer = await Peer.connect(address, options);
    await peer.say({ op: "hello", version: PROTOCOL_VERSION, client: "test" });
    await peer.expect("welcome");
    return peer;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#socket.write(rest));
  }

  say(...commands: readonly Command[]): Promise<void> {
    const frames = commands.map((command) => commandCodec.encode(command));
    return this.write(Uint8Array.from(frames.flatMap((frame) => [...frame])));
  }

  chunk(stream: number, bytes: Uint8Array): Promise<void> {
    return this.write(encodeFrame({ id: CHUNK_ID, stream, kind: Kind.binary }, bytes));
  }

  /** Asks, and waits for the message that carries the question's number, an ERROR as well as another. */
  async ask(question: Question): Promise<Answer> {
    const request = ++this.#requests;
    await this.say({ ...question, request } as Command);
    return await this.answer(request, question.op);
  }

  /** The message that carries a request's number. */
  answer(request: number, what = `request ${request}`): Promise<Answer> {
    const match = (message: Heard) => "request" in message && message.request === request && message.op !== "ping";
    return this.#wait(`the answer to ${what}`, match) as Promise<Answer>;
  }

  /** Asks, and insists on the kind of answer. */
  async get<Op extends Answer["op"]>(op: Op, question: Question): Promise<HeardOf<Op>> {
    const answer = await this.ask(question);
    if (answer.op !== op) throw new Error(`${question.op} was answered by ${JSON.stringify(answer)}, not ${op}`);
    return answer as HeardOf<Op>;
  }

  /** Asks, and insists on being refused; returns the code. */
  async refused(question: Question): Promise<string> {
    return (await this.get("error", question)).code;
  }

  /** The same for a question that the types would not let pass, and that goes as JSON whatever it is. */
  async refusedAsJson({ op, ...fields }: { readonly op: Command["op"] } & Record<string, unknown>): Promise<string> {
    const request = ++this.#requests;
    const payload = new TextEncoder().encode(JSON.stringify({ ...fields, request }));
    await this.write(encodeFrame({ id: COMMANDS[op].id, stream: 0, kind: Kind.text }, payload));
    const answer = await this.answer(request, op);
    if (answer.op !== "error") throw new Error(`${op} was answered by ${JSON.stringify(answer)}, not an error`);
    return answer.code;
  }

  /** The next message of a kind, now or to come, whatever else comes before it. */
  expect<Op extends Heard["op"]>(op: Op, where: (message: HeardOf<Op>) => boolean = () => true): Promise<HeardOf<Op>> {
    const match = (message: Heard) => message.op === op && where(message as HeardOf<Op>);
    return this.#wait(op, match) as Promise<HeardOf<Op>>;
  }

  /** The next `count` messages of a kind. */
  async take<Op extends Heard["op"]>(op: Op, count: number): Promise<HeardOf<Op>[]> {
    const taken: HeardOf<Op>[] = [];
    while (taken.length < count) taken.push(await this.expect(op));
    return taken;
  }

  /** Stops reading; what the system has room for still arrives there. */
  pause(): void {
    this.#gate ??= Promise.withResolvers<void>();
  }

  /** Reads again. */
  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** Ends our half of the stream. */
  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  /** Resolves when the server has closed the connection. */
  closed(): Promise<void> {
    return within(this.#running, () => `Waited in vain for the server to close; heard ${this.#summary()}`);
  }

  /** Hangs up without a word. */
  hangUp(): void {
    this.resume();
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    await this.#running;
  }

  #wait(what: string, match: (message: Heard) => boolean): Promise<Heard> {
    const at = this.inbox.findIndex(match);
    const [found] = at < 0 ? [] : this.inbox.splice(at, 1);
    if (found) return Promise.resolve(found);
    const { promise, resolve, reject } = Promise.withResolvers<Heard>();
    const waiter: Waiter = { match, resolve };
    this.#waiters.push(waiter);
    this.#running.then(() => reject(new Error(`The connection ended before ${what}; heard ${this.#summary()}`)));
    return within(promise, () => `Waited in vain for ${what}; heard ${this.#summary()}`);
  }

  #summary(): string {
    const lines = this.inbox.slice(-10).map((message) => message.op === "chunk" ? "chunk" : JSON.stringify(message));
    return lines.join(" ").slice(0, 2000) || "nothing";
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#gate?.promise;
      const length = await this.#socket.read(this.#decoder.space()).catch(() => null);
      if (length === null) return;
      this.#decoder.filled(length);
      for (let next = this.#decoder.next(); next.type !== "need-more"; next = this.#decoder.next()) {
        if (next.type !== "frame") throw new Error(`The server sent ${JSON.stringify(next)}`);
        if (next.id === CHUNK_ID) this.#hear({ op: "chunk", stream: next.stream, payload: next.payload.slice() });
        else {
          const decoded = serverCodec.decode(next);
          if (!decoded.ok) throw new Error(`The server sent message ${next.id}: ${decoded.reason}`);
          this.#hear(decoded.message);
        }
      }
    }
  }

  #hear(message: Heard): void {
    if (this.#intercept(message)) return;
    const waiter = this.#waiters.find((candidate) => candidate.match(message));
    if (!waiter) return void this.inbox.push(message);
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.resolve(message);
  }
}
