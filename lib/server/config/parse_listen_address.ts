/** Where to listen besides the chat's own port: `HOST:PORT`, `[IPV6]:PORT`, or `none`. */
import { InvalidArgumentError } from "@commander-js/extra-typings";

export interface ListenAddress {
  readonly host: string;
  /** 0 is one of the system's choice. */
  readonly port: number;
}

export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text === "none") return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain, port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new InvalidArgumentError("It is written HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464; or it is none.");
  }
  return { host, port };
}
