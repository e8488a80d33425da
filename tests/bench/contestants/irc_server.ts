/** Starting an IRC server: a private configuration, a free port, and waiting until it takes connections. */
import { join } from "node:path";
import { freePort } from "../../support/free_port.ts";
import { install, program } from "../../support/packages.ts";
import { until, within } from "../../support/within.ts";
import { type Contestant, type ContestantName, temporaryFolder } from "./contestant.ts";

export interface IrcServer {
  readonly name: ContestantName;
  /** Debian's package and the program in it. */
  readonly program: string;
  readonly configuration: (place: { readonly port: number; readonly folder: string }) => string;
  readonly args: (configuration: string) => readonly string[];
  readonly concurrency: number;
}

/** The longest body whose line still fits IRC's 512 bytes with everybody's name in front. */
const LONGEST = 400;

/** The server, installed where it is missing and that may be done, or why it cannot take part. */
export async function ircContestant(server: IrcServer): Promise<Contestant | { readonly missing: string }> {
  if (await program(server.program) === undefined) {
    const { failure } = await install([server.program]);
    if (failure !== undefined) return { missing: `${server.program} is not installed: ${failure}` };
  }
  const path = await program(server.program);
  if (path === undefined) return { missing: `${server.program} is not installed` };
  return {
    name: server.name,
    dialect: "irc",
    longest: LONGEST,
    concurrency: server.concurrency,
    start: async () => {
      await using stack = new AsyncDisposableStack();
      const folder = await temporaryFolder(stack);
      // It may go on as another user, who has to get in.
      await Deno.chmod(folder, 0o777);
      const port = freePort();
      const configuration = join(folder, "server.conf");
      await Deno.writeTextFile(configuration, server.configuration({ port, folder }));
      const child = new Deno.Command("sh", {
        args: ["-c", 'ulimit -n 65536 2>/dev/null; exec "$@" >"$0" 2>&1', join(folder, "server.log"), path].concat(
          server.args(configuration),
        ),
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      let ended = false;
      const end = child.status.then(() => ended = true);
      stack.defer(async () => {
        if (!ended) child.kill("SIGKILL");
        await within(end, `the end of ${server.program}`);
      });
      await until(async () => ended || await accepts(port), `${server.program} to listen`);
      if (ended) {
        throw new Error(`Cannot start ${server.program}: ${await Deno.readTextFile(join(folder, "server.log"))}`);
      }
      const owned = stack.move();
      return { port, pids: [child.pid], [Symbol.asyncDispose]: () => owned.disposeAsync() };
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
