/** A socket that somebody listens in on: what is read from it is told, in a form in which ASCII can be looked for. */
import type { Socket } from "../../lib/net/connection.ts";

export function overheard(socket: Socket, hear: (text: string) => void): Socket {
  return {
    read: async (buffer) => {
      const length = await socket.read(buffer);
      if (length !== null) hear(new TextDecoder("latin1").decode(buffer.subarray(0, length)));
      return length;
    },
    write: (bytes) => socket.write(bytes),
    closeWrite: () => socket.closeWrite(),
    close: () => socket.close(),
  };
}
