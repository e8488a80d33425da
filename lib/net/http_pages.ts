/**
 * HTTP as far as a monitor needs it: one GET a connection, answered with one page.
 *
 * Written here because the runtime's own server waits for ever for the rest of a request and takes any number of them: this one
 * cannot take descriptors or memory from what the process is there for. Everything is bounded: how many are served
 * at once, how long a request may be, and how long it may take until its answer has been taken.
 */
import { joinBytes } from "../protocol/bytes.ts";
import { acceptAll } from "./accept.ts";
import { addressOf, listen } from "./listen.ts";

export interface Page {
  readonly status: 200 | 400 | 404 | 405 | 500 | 503;
  /** The media type. */
  readonly type: string;
  readonly text: string;
}

export interface PageServer {
  readonly address: Deno.NetAddr;
  /** Closes at once, whoever is being served. */
  close(): Promise<void>;
}

export interface PageOptions {
  readonly hostname: string;
  readonly port: number;
  /** Beside another process of the same user that listens there, which is about to end. */
  readonly beside?: boolean;
  /** The page of a path, its query left off. A rejection becomes status 500. */
  readonly answer: (path: string) => Page | Promise<Page>;
  /** Something could not be accepted or answered. */
  readonly failed: (error: unknown) => void;
  /** What one connection may take in all, in milliseconds; default 10,000. */
  readonly patience?: number;
}

/** Served at once; whoever comes beyond is hung up on. */
const MAX_OPEN = 16;
/** Bytes up to the empty line behind the headers. */
const MAX_HEAD = 8192;
/** Bytes that are read past what was asked, so that the answer is not lost to a reset. */
const MAX_REST = 64 * 1024;

const STATUS = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const satisfies Record<Page["status"], string>;

export const plainPage = (status: Page["status"], text: string): Page => ({
  status,
  type: "text/plain; charset=utf-8",
  text: `${text}\n`,
});

/** Listens, and serves until it is closed. Throws what `listen` does. */
export function servePages(
  { hostname, port, beside = false, answer, failed, patience = 10_000 }: PageOptions,
): PageServer {
  const listeners = listen({ hostname, port }, { beside, sockets: 1 });
  const open = new Map<Deno.TcpConn, Promise<void>>();
  const accepting = acceptAll(listeners, {
    failed,
    accepted(socket) {
      if (open.size >= MAX_OPEN) return socket.close();
      open.set(socket, serve(socket).finally(() => open.delete(socket)));
    },
  });

  async function serve(socket: Deno.TcpConn): Promise<void> {
    const timer = setTimeout(() => close(socket), patience);
    try {
      const head = await readHead(socket);
      if (head === undefined) return;
      await writeAll(socket, responseOf(await pageFor(head)));
      await socket.closeWrite();
      const rest = new Uint8Array(4096);
      for (let read = 0; read < MAX_REST;) {
        const length = await socket.read(rest);
        if (length === null) return;
        read += length;
      }
    } catch {
      // The peer has gone, or was too slow.
    } finally {
      clearTimeout(timer);
      close(socket);
    }
  }

  async function pageFor(head: string): Promise<Page> {
    const [, method, target] = /^([A-Z]+) (\/\S*) HTTP\/1\.[01]\r\n/.exec(head) ?? [];
    if (method === undefined || target === undefined) {
      return plainPage(400, "This is no request that is understood here.");
    }
    if (method !== "GET") return plainPage(405, "There is nothing here but to GET.");
    try {
      return await answer(target.replace(/[?#].*$/s, ""));
    } catch (error) {
      failed(error);
      return plainPage(500, "The page could not be made; the log says why.");
    }
  }

  return {
    address: addressOf(listeners),
    close: async () => {
      for (const listener of listeners) listener.close();
      for (const socket of open.keys()) close(socket);
      await Promise.all([accepting, ...open.values()]);
    },
  };
}

/** A request up to the empty line; nothing when the peer ends before it. One that is too long is cut, and makes no sense then. */
async function readHead(socket: Deno.TcpConn): Promise<string | undefined> {
  const buffer = new Uint8Array(MAX_HEAD);
  let length = 0, head = "";
  while (!head.includes("\r\n\r\n")) {
    if (length === MAX_HEAD) return "";
    const read = await socket.read(buffer.subarray(length));
    if (read === null) return undefined;
    length += read;
    head = new TextDecoder().decode(buffer.subarray(0, length));
  }
  return head;
}

function responseOf({ status, type, text }: Page): Uint8Array {
  const body = new TextEncoder().encode(text);
  const head = [
    `HTTP/1.1 ${status} ${STATUS[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${body.length}`,
    "Cache-Control: no-store",
    "Connection: close",
    ...(status === 405 ? ["Allow: GET"] : []),
  ].join("\r\n") + "\r\n\r\n";
  return joinBytes([new TextEncoder().encode(head), body]);
}

async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
}

function close(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}
