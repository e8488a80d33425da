/** Asks the server that runs on a data folder, over its admin socket. */
import { join } from "node:path";
import { readLines } from "../../net/read_lines.ts";
import { ADMIN_SOCKET, MAX_ADMIN_LINE, readAnswer, type Row } from "./admin_protocol.ts";
import { reasonOf } from "../log.ts";

/** Nobody can be asked; the sentence says why, and what to do. */
export class NoServer extends Error {
  override readonly name = "NoServer";
}

/** The server will not do it. */
export class AdminRefused extends Error {
  override readonly name = "AdminRefused";
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(message);
    this.code = code;
  }
}

/**
 * Yields the rows of the answer as they come. Throws {@linkcode NoServer} when no server runs there, {@linkcode AdminRefused}
 * when it refuses.
 */
export async function* askServer(dataDir: string, request: Row): AsyncGenerator<Row> {
  using connection = await connect(dataDir);
  const bytes = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
  for await (const line of readLines(connection, { limit: MAX_ADMIN_LINE })) {
    const answer = readAnswer(line);
    if ("done" in answer) return;
    if ("error" in answer) throw new AdminRefused(answer.error);
    yield answer.row;
  }
  throw new NoServer("The server ended before it had answered. Its log says why.");
}

async function connect(dataDir: string): Promise<Deno.UnixConn> {
  try {
    return await Deno.connect({ transport: "unix", path: join(dataDir, ADMIN_SOCKET) });
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new NoServer(`The server on ${dataDir} is another user's. Ask it as that user, or as root.`);
    }
    const none = [Deno.errors.NotFound, Deno.errors.ConnectionRefused, Deno.errors.ConnectionReset];
    if (!none.some((kind) => error instanceof kind)) throw new NoServer(`Cannot ask ${dataDir}: ${reasonOf(error)}.`);
    throw new NoServer(`No server is running on ${dataDir}. Start one, or name its data folder with --data-dir.`);
  }
}
