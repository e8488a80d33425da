/**
 * The old client's read connection, byte by byte and acknowledgement by acknowledgement, written from what was observed of
 * it and sharing nothing with the server's code.
 *
 * It keeps to the rules of that client, and whatever would freeze its window or show a person something wrong is a fault:
 * a header together with other bytes or in parts, a frame without a body, anything sent before the last acknowledgement,
 * two pictures within a second. A fault fails whatever is waited for from then on.
 */
import { until, within } from "./within.ts";

const PIECE = 8192;

export interface QtFrame {
  readonly id: number;
  readonly account: number;
  readonly type: number;
  readonly body: Uint8Array;
}

/** What its person sees: a notice, the list, a row of text, a picture. */
export type QtSight =
  | { readonly see: "notice"; readonly account: number; readonly text: string }
  | { readonly see: "text"; readonly account: number; readonly text: string }
  | { readonly see: "list"; readonly account: number; readonly members: readonly QtMember[] }
  | { readonly see: "picture"; readonly account: number; readonly bytes: Uint8Array };

export interface QtMember {
  readonly account: number;
  readonly username: string;
  readonly loginTime: string;
}

export interface QtReaderOptions {
  /** What READ claims to be; the account that has logged in unless given. */
  readonly claim?: number;
  /** Awaited before each acknowledgement. */
  readonly beforeAck?: () => Promise<void> | undefined;
  /** How a count of bytes is acknowledged: as one, unless cut up. */
  readonly cutAck?: (bytes: number) => readonly number[];
}

export class QtReader {
  /** Everything that was seen and that nobody has waited for. */
  readonly sights: QtSight[] = [];
  /** The list as it is now. */
  online: readonly QtMember[] = [];
  /** What would have frozen the window. */
  readonly faults: string[] = [];
  readonly #socket: Deno.TcpConn;
  readonly #options: QtReaderOptions;
  readonly #running: Promise<void>;
  #waiters: { readonly match: (sight: QtSight) => boolean; readonly done: (sight: QtSight) => void }[] = [];
  /** The messages, from the top of the window on. */
  readonly #rows: QtSight[] = [];
  readonly #heardUpTo = new Map<string, number>();
  #failed = Promise.withResolvers<never>();
  #header: DataView | undefined;
  #body: Uint8Array[] = [];
  #received = 0;
  #pendingAcks = 0;
  #acks = Promise.resolve();
  #pictureEnd = -Infinity;
  #closed = false;

  private constructor(socket: Deno.TcpConn, options: QtReaderOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#failed.promise.catch(() => {});
    this.#running = this.#run();
  }

  static async open(address: Deno.NetAddr, account: number, options: QtReaderOptions = {}): Promise<QtReader> {
    const socket = await Deno.connect({ hostname: address.hostname, port: address.port });
    socket.setNoDelay(true);
    const { claim = account } = options;
    await writeAll(socket, Uint8Array.of(3, claim >>> 8, claim, 1, 0, 0, 0, 0));
    return new QtReader(socket, options);
  }

  /** The next sight that matches, whatever else is seen before it. */
  expect<S extends QtSight["see"]>(
    see: S,
    where: (sight: Extract<QtSight, { see: S }>) => boolean = () => true,
  ): Promise<Extract<QtSight, { see: S }>> {
    const match = (sight: QtSight) => sight.see === see && where(sight as Extract<QtSight, { see: S }>);
    const at = this.sights.findIndex(match);
    const [found] = at < 0 ? [] : this.sights.splice(at, 1);
    const { promise, resolve } = Promise.withResolvers<QtSight>();
    if (found) resolve(found);
    else this.#waiters.push({ match, done: resolve });
    const failing = Promise.race([promise, this.#failed.promise]);
    return within(failing, () => `Waited in vain for a ${see}; saw ${this.#summary()}`) as Promise<
      Extract<QtSight, { see: S }>
    >;
  }

  /** A row of text that is exactly this. */
  async expectText(text: string): Promise<void> {
    await this.expect("text", (sight) => sight.text === text);
  }

  /** The next thing that somebody said or showed: the row behind the next row that says who. */
  async expectSaid(who: string): Promise<QtSight> {
    const from = this.#heardUpTo.get(who) ?? 0;
    let at = -1;
    await until(() => {
      if (this.faults.length > 0) throw new Error(`The old client's window froze: ${this.faults.join("; ")}`);
      at = this.#rows.findIndex((row, i) => i >= from && row.see === "text" && row.text === `${who}说:`);
      return at >= 0 && at + 1 < this.#rows.length;
    }, `what ${who} says`);
    this.#heardUpTo.set(who, at + 2);
    const row = this.#rows[at + 1];
    if (!row) throw new Error("There is no such row");
    return row;
  }

  /** Resolves when the server has closed the connection. */
  closed(): Promise<void> {
    return within(this.#running, "the server to close the read connection");
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#running;
    await this.#acks;
    if (this.faults.length > 0) throw new Error(`The old client's window froze: ${this.faults.join("; ")}`);
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const length = await this.#socket.read(buffer).catch(() => null);
      if (length === null) break;
      this.#take(buffer.slice(0, length));
    }
    this.#failed.reject(new Error(`The read connection ended; saw ${this.#summary()}`));
  }

  /** One segment. */
  #take(segment: Uint8Array): void {
    const atBoundary = !this.#header || this.#received % PIECE === 0;
    if (atBoundary && this.#pendingAcks > 0) {
      return this.#fault(`${segment.length} bytes before the last acknowledgement`);
    }
    if (!this.#header) return this.#takeHeader(segment);
    const total = this.#header.getUint32(4);
    const room = Math.min(PIECE - this.#received % PIECE, total - this.#received);
    if (segment.length > room) return this.#fault(`${segment.length} bytes of a body where ${room} were to come`);
    this.#body.push(segment);
    this.#received += segment.length;
    const isPicture = this.#header.getUint8(3) === 2;
    if (this.#received === total) this.#finish(this.#header);
    this.#acknowledge(segment.length, isPicture ? 2 : 1);
  }

  #takeHeader(segment: Uint8Array): void {
    if (segment.length !== 8) return this.#fault(`a header in a segment of ${segment.length} bytes`);
    const header = new DataView(segment.buffer);
    if (header.getUint32(4) === 0) return this.#fault(`a frame of id ${header.getUint8(0)} without a body`);
    if (header.getUint8(3) === 2 && performance.now() - this.#pictureEnd < 1000) {
      return this.#fault("two pictures within a second");
    }
    this.#header = header;
    this.#acknowledge(0, 0);
  }

  #finish(header: DataView): void {
    const body = new Uint8Array(this.#received);
    let at = 0;
    for (const part of this.#body) body.set(part, at), at += part.length;
    this.#header = undefined;
    this.#body = [];
    this.#received = 0;
    if (header.getUint8(3) === 2) this.#pictureEnd = performance.now();
    this.#see({ id: header.getUint8(0), account: header.getUint16(1), type: header.getUint8(3), body });
  }

  /** An acknowledgement of a header, a text or a picture, in the forms that the client gives them. */
  #acknowledge(bytes: number, form: 0 | 1 | 2): void {
    const counts = this.#options.cutAck && bytes > 0 ? this.#options.cutAck(bytes) : [bytes];
    this.#pendingAcks += counts.length;
    this.#acks = this.#acks.then(async () => {
      for (const count of counts) {
        const wait = this.#options.beforeAck?.();
        if (wait) await wait;
        const ack = new DataView(new ArrayBuffer(8));
        ack.setUint8(0, 5);
        ack.setUint8(3, form === 1 ? 1 : 0);
        ack.setUint32(4, count);
        this.#pendingAcks--;
        if (!this.#closed) await writeAll(this.#socket, new Uint8Array(ack.buffer)).catch(() => {});
      }
    });
  }

  #see({ id, account, type, body }: QtFrame): void {
    const text = new TextDecoder().decode(body);
    if (type === 2) return this.#show({ see: "picture", account, bytes: body });
    if (id === 2) return this.#show({ see: "text", account, text });
    if (id === 4) return this.#show({ see: "notice", account, text });
    if (id === 8) {
      this.online = JSON.parse(text);
      return this.#show({ see: "list", account, members: this.online });
    }
    // What it does not know it acknowledges, and shows nothing.
  }

  #show(sight: QtSight): void {
    if (sight.see === "text" || sight.see === "picture") this.#rows.push(sight);
    const waiter = this.#waiters.find(({ match }) => match(sight));
    if (!waiter) return void this.sights.push(sight);
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.done(sight);
  }

  #fault(what: string): void {
    this.faults.push(what);
    this.#failed.reject(new Error(`The old client's window froze: ${what}; saw ${this.#summary()}`));
  }

  #summary(): string {
    const brief = (sight: QtSight) =>
      sight.see === "picture" ? `picture of ${sight.bytes.length}` : JSON.stringify(sight).slice(0, 200);
    return this.sights.slice(-8).map(brief).join(" ") || "nothing";
  }
}

export async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
}
