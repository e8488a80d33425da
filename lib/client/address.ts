/** Where a server is: `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`. */
import { isIPv6 } from "node:net";
import { UsageError } from "./failure.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_ADDRESS: Address = { host: "127.0.0.1", port: 8888 };

const BRACKETED = /^\[([^\]]+)\](?::(\d+))?$/;
const NAMED = /^([^:[\]\s]+)(?::(\d+))?$/;

/** Reads an address; what it leaves out comes from `fallback`. */
export function parseAddress(text: string, fallback: Address = DEFAULT_ADDRESS): Address {
  if (isIPv6(text)) return { host: text, port: fallback.port };
  const bracketed = BRACKETED.exec(text);
  const [, host, port] = bracketed ?? NAMED.exec(text) ?? [];
  if (host === undefined || (bracketed && !isIPv6(host))) {
    throw new UsageError(`"${text}" is not an address; write HOST or HOST:PORT.`);
  }
  return { host, port: port === undefined ? fallback.port : parsePort(port) };
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`"${text}" is not a port; it is a number from 1 to 65535.`);
  }
  return port;
}
