/** The live room as people have it: the real client in a real terminal, the real server as a process of its own. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Link } from "../../lib/client/link.ts";
import { encrypted } from "./encryption.ts";
import { Pty, type PtyOptions } from "./pty.ts";
import { type Reachable, type ServerProcess, spawnServer, temporaryFolder } from "./server.ts";

export const PASSWORD = "alice123";
/** What stands in the empty input: the room is open. */
export const READY = "say something, or /help";
export const CLIENT = fileURLToPath(import.meta.resolve("../../client.ts"));

const hasPty = await Pty.isAvailable();

export interface Stage {
  /** The test's own; everything in it goes with it. */
  readonly folder: string;
  readonly dataDir: string;
  readonly server: ServerProcess;
  readonly stack: AsyncDisposableStack;
}

/** A test with a folder of its own and a server on it. */
export function liveTest(name: string, fn: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasPty,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await using stack = new AsyncDisposableStack();
      const folder = temporaryFolder(stack);
      const dataDir = join(folder, "data");
      await Deno.mkdir(dataDir);
      await fn({ folder, dataDir, server: stack.use(await spawnServer(dataDir)), stack });
    },
  });
}

export interface ChatOptions extends PtyOptions {
  readonly args?: readonly string[];
  /** What is run in place of `client.ts`. */
  readonly program?: string;
}

/** The client in a terminal. */
export function chat(
  server: Pick<Reachable, "address">,
  { args = [], program = CLIENT, ...options }: ChatOptions,
): Pty {
  const command = [Deno.execPath(), "run", "-A", "--quiet", program, `127.0.0.1:${server.address.port}`, ...args];
  const { env, cwd } = options;
  return new Pty(command, { ...options, env: { XDG_STATE_HOME: join(cwd, "state"), XDG_CONFIG_HOME: cwd, ...env } });
}

/** An account for somebody new. */
export async function register(server: Reachable, name: string): Promise<number> {
  const address = { host: "127.0.0.1", port: server.address.port };
  const link = await Link.open({
    address,
    encryption: encrypted(),
    client: "test",
    entrance: { op: "register", name, password: PASSWORD },
  });
  await link.close();
  return link.account.account;
}

export interface Arrival {
  readonly name: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly program?: string;
  /** Where they connect to, if not to the server itself. */
  readonly through?: Reachable;
}

/** Somebody new, who has come into the room. */
export async function arrive(
  { stack, server, folder }: Stage,
  { name, through = server, ...options }: Arrival,
): Promise<{ readonly pty: Pty; readonly account: number; readonly cwd: string }> {
  const account = await register(server, name);
  const cwd = join(folder, `home-${account}`);
  await Deno.mkdir(cwd);
  const args = ["--account", String(account)];
  const pty = stack.use(chat(through, { args, cwd, env: { CHAT_PASSWORD: PASSWORD }, ...options }));
  await pty.shows(READY);
  return { pty, account, cwd };
}
