/**
 * Listening with a backlog that a crowd fits into. The runtime gives a listening socket a backlog of 128, and the system does not
 * hear again for a second from whoever finds it full. So several sockets listen on the same port (SO_REUSEPORT), among
 * which the system spreads who comes: their backlogs add up. Deno calls the option unstable, hence
 * `"unstable": ["net"]` in deno.json.
 */

/** Together they hold 2,048 connections that have not been accepted yet. */
const SOCKETS = 16;

export interface ListenOptions {
  /** Beside sockets of the same user that do listen there already, and share the port likewise. */
  readonly beside?: boolean;
  /** How many sockets listen; default 16. */
  readonly sockets?: number;
}

/**
 * Listens on an address; port 0 is one port for all. Throws what `Deno.listen` does, also when another program listens there
 * unless that is wanted: a port is shared with oneself.
 */
export function listen(
  address: { readonly hostname: string; readonly port: number },
  { beside = false, sockets = SOCKETS }: ListenOptions = {},
): Deno.TcpListener[] {
  const port = beside && address.port !== 0 ? address.port : freePortOf(address);
  if (Deno.build.os !== "linux") return [Deno.listen({ ...address, port })];
  const listeners: Deno.TcpListener[] = [];
  try {
    while (listeners.length < sockets) listeners.push(Deno.listen({ ...address, port, reusePort: true }));
    return listeners;
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
}

/** The port, if nobody listens there: this socket shares with nobody, so it fails where somebody else does. */
function freePortOf(address: { readonly hostname: string; readonly port: number }): number {
  const probe = Deno.listen(address);
  const { port } = probe.addr;
  probe.close();
  return port;
}

/** Where they listen, all of them. */
export function addressOf([first]: readonly Deno.TcpListener[]): Deno.NetAddr {
  if (!first) throw new TypeError("Cannot tell the address: nothing listens");
  return first.addr;
}
