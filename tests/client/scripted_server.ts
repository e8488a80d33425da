/** A server that says what a test wants, in the order in which it wants it: for what a real one does once in a year. */
import { Connection } from "../../lib/net/connection.ts";
import { CHUNK_ID, type Command, commandCodec } from "../../lib/protocol/command.ts";
import { FrameDecoder } from "../../lib/protocol/frame.ts";
import { serverCodec, type ServerMessage } from "../../lib/protocol/server_message.ts";

export interface Speaker {
  say(...messages: readonly ServerMessage[]): void;
  /** Ends the connection. */
  hangUp(): void;
}

/** Answers what comes once somebody is logged in, but for PING and LOGOUT; a chunk is heard as its length. */
export type Script = (command: Command | { readonly op: "chunk"; readonly length: number }, speaker: Speaker) => void;

export interface ScriptedServer extends AsyncDisposable {
  readonly address: Deno.NetAddr;
}

export function scriptedServer(script: Script, options: { readonly name?: string } = {}): ScriptedServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Connection>();
  const serve = async (socket: Deno.TcpConn) => {
    const connection = new Connection(socket, { decoder: new FrameDecoder(() => 2 ** 24) });
    connections.add(connection);
    const speaker: Speaker = {
      say: (...messages) => messages.forEach((message) => connection.send(serverCodec.encode(message))),
      hangUp: () => connection.close(),
    };
    await connection.run((incoming) => {
      if (incoming.type !== "frame") return connection.close();
      if (incoming.id === CHUNK_ID) return script({ op: "chunk", length: incoming.payload.length }, speaker);
      const decoded = commandCodec.decode(incoming);
      if (!decoded.ok) return connection.close();
      const { message } = decoded;
      if (!asUsual(message, speaker, options.name ?? "Test")) script(message, speaker);
    }).catch(() => connection.close());
    connection.close();
    connections.delete(connection);
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const socket of listener) serving.push(serve(socket));
  })();
  return {
    address: listener.addr as Deno.NetAddr,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      for (const connection of connections) connection.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

function asUsual(command: Command, { say, hangUp }: Speaker, name: string): boolean {
  switch (command.op) {
    case "hello": {
      const limits = { text: 65_536, file: 2 ** 30, chunk: 131_072, window: 2 ** 20, page: 500 };
      say({ op: "welcome", version: 1, server: "scripted", heartbeat: 45_000, limits });
      return true;
    }
    case "login":
    case "register":
    case "resume":
      say({ op: "logged-in", request: command.request, account: 1001, name });
      return true;
    case "ping":
      say({ op: "pong", request: command.request });
      return true;
    case "logout":
      hangUp();
      return true;
    default:
      return false;
  }
}
