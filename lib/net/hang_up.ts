/** Ending a connection so that the peer hears what was said last. */
import type { Socket } from "./connection.ts";

/** What the peer may take to hear it and to go, in milliseconds. */
const LAST_WORD_MS = 2000;

/** Says one thing and hangs up. What the peer says meanwhile is read, since closing with it unread would lose our own. */
export async function hangUpWith(lastWord: Uint8Array, socket: Socket): Promise<void> {
  const timer = setTimeout(() => close(socket), LAST_WORD_MS);
  try {
    for (let rest = lastWord; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
    await socket.closeWrite();
    const ignored = new Uint8Array(1024);
    while (await socket.read(ignored) !== null);
  } catch {
    // It has gone, or its time is over.
  }
  clearTimeout(timer);
  close(socket);
}

function close(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}
