/** A connection that a proxy hands on: its first bytes say where it comes from, and whoever serves it does not see them. */
import { MAX_PROXY_HEADER, type ProxyHeader, readProxyHeader } from "../protocol/proxy_header.ts";
import type { Socket } from "./connection.ts";
import { startingWith } from "./divert.ts";
import { within } from "./within.ts";

export interface Proxied {
  readonly socket: Socket;
  /** Nothing where the proxy speaks for itself. */
  readonly source: string | undefined;
}

/** Reads the header; nothing when there is none within `ms` milliseconds. */
export async function proxied(socket: Socket, ms: number): Promise<Proxied | undefined> {
  const deadline = performance.now() + ms;
  const buffer = new Uint8Array(MAX_PROXY_HEADER);
  let length = 0;
  let header: ProxyHeader = { type: "need-more" };
  while (header.type === "need-more") {
    const read = await within(socket.read(buffer.subarray(length)), Math.max(0, deadline - performance.now()));
    if (!read) return undefined;
    length += read;
    header = readProxyHeader(buffer.subarray(0, length));
  }
  if (header.type === "lost") return undefined;
  const rest = buffer.slice(header.length, length);
  return { socket: rest.length === 0 ? socket : startingWith(rest, socket), source: header.source };
}
