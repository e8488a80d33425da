/** The old client: its write connection here, its read connection in `qt_reader.ts`, and people for tests who have it. */
import { argon2id } from "hash-wasm";
import { QtReader, type QtReaderOptions, writeAll } from "./qt_reader.ts";
import type { Reachable } from "./server.ts";
import { within } from "./within.ts";
import { SqliteDatabase } from "../../lib/store/sqlite_database.ts";

export interface QtPerson {
  readonly account: number;
  readonly name: string;
}

export const DORA: QtPerson = { account: 2001, name: "Dora" };
export const EMIL: QtPerson = { account: 2002, name: "埃米尔" };
export const FAY: QtPerson = { account: 2003, name: "Fay" };
export const QT_PASSWORD = "alice123";

/** As the client shows somebody. */
export const title = ({ name, account }: QtPerson): string => `${name}(${account})`;

/** Makes accounts in a database that no server has open; their hash is a cheap one, so that many can log in at once. */
export async function seedQt(file: string, people: readonly QtPerson[] = [DORA, EMIL, FAY]): Promise<void> {
  const passwordHash = await argon2id({
    password: QT_PASSWORD,
    salt: new Uint8Array(16).fill(7),
    parallelism: 1,
    iterations: 1,
    memorySize: 8,
    hashLength: 32,
    outputType: "encoded",
  });
  const database = new SqliteDatabase(file, "normal");
  for (const { account, name } of people) database.createAccount({ account, name, passwordHash, createdAt: 1 });
  database.close();
}

export interface QtReply {
  readonly status: number;
  readonly username?: string;
}

export class QtClient implements AsyncDisposable {
  readonly #address: Deno.NetAddr;
  readonly #socket: Deno.TcpConn;
  readonly #account: number;
  #reader: QtReader | undefined;
  #closed = false;

  private constructor(address: Deno.NetAddr, socket: Deno.TcpConn, account: number) {
    this.#address = address;
    this.#socket = socket;
    this.#account = account;
  }

  /** The login window of somebody: its connection is opened with the first click. */
  static async open({ address }: Reachable, person: QtPerson): Promise<QtClient> {
    const socket = await Deno.connect({ hostname: address.hostname, port: address.port });
    socket.setNoDelay(true);
    return new QtClient(address, socket, person.account);
  }

  /** Somebody who is in the room and has seen themselves in the list. */
  static async enter(server: Reachable, person: QtPerson, options: QtReaderOptions = {}): Promise<QtClient> {
    const client = await QtClient.open(server, person);
    const { status } = await client.login();
    if (status !== 0) throw new Error(`${title(person)} was refused with status ${status}`);
    const reader = await client.read(options);
    await reader.expect("notice", (sight) => sight.text === `${title(person)}走进了聊天室!`);
    await reader.expect("list", (sight) => sight.members.some(({ account }) => account === person.account));
    return client;
  }

  get reader(): QtReader {
    if (!this.#reader) throw new Error("The read connection is not open");
    return this.#reader;
  }

  async register(password = QT_PASSWORD, username = "Dave", account = String(this.#account)): Promise<number> {
    await this.#say(7, 0, { account, password, username });
    return (await this.reply(7)).status;
  }

  async login(password = QT_PASSWORD, account = String(this.#account)): Promise<QtReply> {
    await this.#say(1, this.#account, { account, password });
    return await this.reply(2);
  }

  async read(options: QtReaderOptions = {}): Promise<QtReader> {
    this.#reader = await QtReader.open(this.#address, this.#account, options);
    return this.#reader;
  }

  sendText(text: string, claim = this.#account): Promise<void> {
    return this.write(frame(2, claim, 1, new TextEncoder().encode(text)));
  }

  sendPicture(bytes: Uint8Array, claim = this.#account): Promise<void> {
    return this.write(frame(2, claim, 2, bytes));
  }

  logout(claim = this.#account): Promise<void> {
    return this.write(frame(6, claim, 1));
  }

  write(bytes: Uint8Array): Promise<void> {
    return writeAll(this.#socket, bytes);
  }

  /** A reply as the client reads it: in one segment or not at all. */
  async reply(id: number): Promise<QtReply> {
    const buffer = new Uint8Array(4096);
    const length = await within(this.#socket.read(buffer), "a reply");
    if (length === null) throw new Error("The old client takes this for a yes: its connection was closed");
    const header = new DataView(buffer.buffer, 0, 8);
    if (length < 8 || length !== 8 + header.getUint32(4)) {
      throw new Error(`A reply came in a segment of ${length} bytes`);
    }
    if (header.getUint8(0) !== id) throw new Error(`A reply of id ${header.getUint8(0)}, not ${id}`);
    return JSON.parse(new TextDecoder().decode(buffer.subarray(8, length)));
  }

  /** Resolves when the server has closed the write connection; fails when it says something instead. */
  async closed(): Promise<void> {
    const length = await within(this.#socket.read(new Uint8Array(64)).catch(() => null), "the server to close");
    if (length !== null) throw new Error(`The server said ${length} bytes more`);
  }

  /** Ends the write connection without a word; the read connection stays. */
  hangUp(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    await this.#reader?.[Symbol.asyncDispose]();
  }

  #say(id: number, account: number, body: object): Promise<void> {
    return this.write(frame(id, account, 1, new TextEncoder().encode(JSON.stringify(body))));
  }
}

/** A frame as the client writes it: header and body in one segment. `length` is what it announces. */
export function frame(
  id: number,
  account: number,
  type: number,
  body: Uint8Array = new Uint8Array(0),
  length = body.length,
): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  const header = new DataView(bytes.buffer);
  header.setUint8(0, id);
  header.setUint16(1, account);
  header.setUint8(3, type);
  header.setUint32(4, length);
  bytes.set(body, 8);
  return bytes;
}
