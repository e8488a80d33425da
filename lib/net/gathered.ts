/**
 * A socket whose small writes wait for the rest of this turn of the event loop and leave together. For sockets that hold a
 * second small packet back until the first has been acknowledged, which may take 40 ms: what is said in one turn is one packet.
 */
import { joinBytes } from "../protocol/bytes.ts";
import type { Socket } from "./connection.ts";

/** Bytes that may wait; a larger write goes out as it is, after them. */
const MOST = 16 * 1024;

export function gathered(socket: Socket): Socket {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let flushing = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function writeAll(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
  }
  /** After what is being written already. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const bytes = joinBytes(waiting);
    waiting = [];
    size = 0;
    return flushing = flushing.then(() => writeAll(bytes));
  }

  const gathering: Socket = {
    read: (buffer) => socket.read(buffer),
    async write(bytes) {
      await flushing;
      if (size + bytes.length > MOST) {
        await flush();
        return bytes.length > MOST ? await socket.write(bytes) : await gathering.write(bytes);
      }
      // Whoever wrote it may use its buffer again.
      waiting.push(bytes.slice());
      size += bytes.length;
      timer ??= setTimeout(() => void flush().catch(() => {}), 0);
      return bytes.length;
    },
    closeWrite: () => flush().then(() => socket.closeWrite()),
    // It may be closed already, with what was to be said unsaid.
    close: () => void flush().catch(() => {}).then(() => socket.close()).catch(() => {}),
  };
  return gathering;
}
