/** A direct TCP connection: a proxy that the environment names is for the web, not for this. */
import { formatAddress } from "../net/format_address.ts";
import { within } from "../net/within.ts";
import type { Address } from "./address.ts";
import { Unreachable } from "./failure.ts";

/** What each step of connecting may take, in milliseconds. */
export const CONNECT_MS = 10_000;

/** Rejects with {@linkcode Unreachable}. */
export async function connectTcp(address: Address): Promise<Deno.TcpConn> {
  const connecting = Deno.connect({ hostname: address.host, port: address.port });
  let reason = "it does not answer";
  try {
    const socket = await within(connecting, CONNECT_MS);
    if (socket) {
      socket.setNoDelay(true);
      return socket;
    }
    connecting.then((late) => late.close(), () => {});
  } catch (error) {
    reason = (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\)$/, "");
  }
  throw new Unreachable(`Cannot connect to ${formatAddress(address)}: ${reason}. Is the server running there?`);
}
