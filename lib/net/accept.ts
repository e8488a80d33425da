/**
 * Accepting connections. Nothing is waited for but the next connection, and the next turn of the event loop when many come at
 * once: the backlog of a listening socket is short (`listen.ts`), and what it cannot hold is not heard for a while.
 */
import { Turns } from "./turns.ts";

export interface AcceptOptions<C extends Deno.Conn> {
  readonly accepted: (socket: C) => void;
  /** The system refused to accept, for want of descriptors say. The loop goes on after `waitMs`. */
  readonly failed: (error: unknown, waitMs: number) => void;
}

const MAX_WAIT_MS = 1000;

interface Listener<C> {
  accept(): Promise<C>;
}

/** Accepts from all of them until they are closed. */
export async function acceptAll<C extends Deno.Conn>(
  listeners: readonly Listener<C>[],
  options: AcceptOptions<C>,
): Promise<void> {
  const trouble = new Trouble(options.failed);
  const turns = new Turns();
  await Promise.all(listeners.map((listener) => accept(listener, { options, trouble, turns })));
}

/** What keeps one listener from accepting keeps the others from it, too: they wait together, and it is said once. */
class Trouble {
  readonly #failed: AcceptOptions<Deno.Conn>["failed"];
  #failures = 0;
  #waiting: Promise<void> | undefined;

  constructor(failed: AcceptOptions<Deno.Conn>["failed"]) {
    this.#failed = failed;
  }

  over(): void {
    this.#failures = 0;
  }

  wait(error: unknown): Promise<void> {
    return this.#waiting ??= this.#wait(error);
  }

  async #wait(error: unknown): Promise<void> {
    const waitMs = Math.min(MAX_WAIT_MS, 10 * 2 ** this.#failures++);
    this.#failed(error, waitMs);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#waiting = undefined;
  }
}

async function accept<C extends Deno.Conn>(
  listener: Listener<C>,
  { options, trouble, turns }: {
    readonly options: AcceptOptions<C>;
    readonly trouble: Trouble;
    readonly turns: Turns;
  },
): Promise<void> {
  for (;;) {
    try {
      const socket = await listener.accept();
      trouble.over();
      welcome(socket, options);
      // As long as some are there already, the runtime accepts one after the other without looking at anything else.
      await turns.take();
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      // The peer was gone before we got to it: nothing to wait for.
      if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.ConnectionAborted) continue;
      await trouble.wait(error);
    }
  }
}

function welcome<C extends Deno.Conn>(socket: C, options: AcceptOptions<C>): void {
  try {
    if (isTcp(socket)) tune(socket);
    options.accepted(socket);
  } catch (error) {
    socket.close();
    options.failed(error, 0);
  }
}

/** The runtime has no such settings for a TLS connection. */
const isTcp = (socket: Deno.Conn): socket is Deno.TcpConn => "setNoDelay" in socket;

function tune(socket: Deno.TcpConn): void {
  // Small messages leave at once: without this a talkative room waits for the peer's delayed acknowledgements.
  socket.setNoDelay(true);
  // The system asks after a peer that we may not ask: in time it finds out about one that is gone without a word.
  socket.setKeepAlive(true);
}
