/**
 * Accepting connections. The loop waits for nothing but the next connection: the backlog of a listening socket is short,
 * and what it cannot hold is not heard for a minute.
 */

export interface AcceptOptions {
  readonly accepted: (socket: Deno.TcpConn) => void;
  /** The system refused to accept, for want of descriptors say. The loop goes on after `waitMs`. */
  readonly failed: (error: unknown, waitMs: number) => void;
}

const MAX_WAIT_MS = 1000;

/** Accepts until the listener is closed. */
export async function acceptLoop(listener: Deno.TcpListener, options: AcceptOptions): Promise<void> {
  let failures = 0;
  for (;;) {
    try {
      const socket = await listener.accept();
      failures = 0;
      welcome(socket, options);
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      // The peer was gone before we got to it: nothing to wait for.
      if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.ConnectionAborted) continue;
      const waitMs = Math.min(MAX_WAIT_MS, 10 * 2 ** failures++);
      options.failed(error, waitMs);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function welcome(socket: Deno.TcpConn, options: AcceptOptions): void {
  try {
    // Small messages leave at once: without this a talkative room waits for the peer's delayed acknowledgements.
    socket.setNoDelay(true);
    // The system asks after a peer that we may not ask: in time it finds out about one that is gone without a word.
    socket.setKeepAlive(true);
    options.accepted(socket);
  } catch (error) {
    socket.close();
    options.failed(error, 0);
  }
}
