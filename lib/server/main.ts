/** The program: what its arguments ask for, and a server until a signal, a crash or a successor ends it. */
import { VERSION } from "../chat/version.ts";
import { foldFingerprints } from "../net/fold_fingerprints.ts";
import { formatAddress } from "../net/format_address.ts";
import { defaultFolders, type Exit, readConfig, readTextFile } from "./config/config.ts";
import { Settings } from "./config/settings.ts";
import type { Printer } from "./config/task.ts";
import { createLog, type Log, reasonOf } from "./log.ts";
import { hostPort, type RunningServer, startServer } from "./run.ts";

/** What a slow end may take before the process leaves anyway. */
const CLOSE_MS = 4500;

/** Runs the program: the exit code, once a signal or a wrong option has ended it. */
export async function main(args: readonly string[]): Promise<number> {
  const reread = () => readConfig({ args, version: VERSION, ...defaultFolders(), readFile: readTextFile });
  const read = reread();
  if ("exit" in read) return leave(read.exit);
  if ("excuse" in read) return await read.excuse(PRINTER);
  if (read.task) return await read.task(read.config, PRINTER);
  const settings = new Settings(read.config);
  const log = createLog(() => ({ format: settings.config.log, level: settings.logLevel }));
  let server: RunningServer | undefined;
  // Heard from the start on, since it would end the process otherwise.
  Deno.addSignalListener("SIGHUP", () => void server?.reload());
  try {
    const announce = (code: string) =>
      print(Deno.stdout, `no owner yet; whoever says this in the room is: /owner ${code}\n`);
    const { texts, takeOver } = read;
    const configuration = { texts, reread };
    server = await startServer(settings, { version: VERSION, log, takeOver, announce, configuration });
    print(Deno.stdout, `listening on ${formatAddress(hostPort(server.address))}\n`);
    if (server.fingerprint !== undefined) {
      print(Deno.stdout, foldFingerprints(`certificate ${server.fingerprint}\n`, { columns: columnsOf(Deno.stdout) }));
    }
    const failure = await Promise.race([nextSignal(log), server.failed, server.replaced]);
    if (failure !== undefined) log("database-crashed", { reason: failure });
    const code = failure === undefined ? 0 : 1;
    const timer = setTimeout(() => {
      log("stopped-late", { ms: CLOSE_MS });
      Deno.exit(code);
    }, CLOSE_MS);
    await server.close();
    clearTimeout(timer);
    log("stopped");
    return code;
  } catch (error) {
    log("start-failed", { reason: reasonOf(error) });
    return 1;
  }
}

function leave({ code, output }: Exit): number {
  print(code === 0 ? Deno.stdout : Deno.stderr, output);
  return code;
}

const PRINTER: Printer = {
  print: (line) => print(Deno.stdout, `${line}\n`),
  complain: (line) => print(Deno.stderr, `${line}\n`),
};

/** Where no person looks on it a line may have any length: programs read it in one piece. */
function columnsOf(stream: typeof Deno.stdout): number {
  if (!stream.isTerminal()) return Infinity;
  try {
    // A terminal that says 0 does not know.
    return Deno.consoleSize().columns || Infinity;
  } catch {
    return Infinity;
  }
}

function print(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  try {
    stream.writeSync(new TextEncoder().encode(text));
  } catch (error) {
    // Nobody reads it any more; the exit code says what has to be said.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function nextSignal(log: Log): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        log("stopping", { signal });
        resolve(undefined);
      });
    }
  });
}
