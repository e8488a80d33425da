/**
 * Where the server is and who we are: by flag, else by environment, else by `server.conf` beside the executable or in
 * the current folder, else by default.
 */
import { dirname, join } from "node:path";
import { parseAccount } from "../chat/account.ts";
import { parseConf } from "../files/conf.ts";
import { type Address, DEFAULT_ADDRESS, parseAddress, parsePort } from "./address.ts";
import { UsageError } from "./failure.ts";

export interface Environment {
  readonly get: (name: string) => string | undefined;
  /** The text of a file, or nothing when there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** Folders in which `server.conf` may stand; the first that has one counts. */
  readonly folders: readonly string[];
}

export function processEnvironment(): Environment {
  return {
    get: (name) => Deno.env.get(name),
    readFile: (path) => {
      try {
        return Deno.readTextFileSync(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    folders: Deno.build.standalone ? [dirname(Deno.execPath()), Deno.cwd()] : [Deno.cwd()],
  };
}

/** The server's address; `named` is what the command line says, if anything. */
export function serverAddress(named: string | undefined, environment: Environment): Address {
  const conf = readConf(environment);
  const host = environment.get("CHAT_HOST") ?? conf.get("HOST") ?? DEFAULT_ADDRESS.host;
  const port = environment.get("CHAT_PORT"), confPort = conf.get("PORT");
  const configured = parseAddress(host, {
    ...DEFAULT_ADDRESS,
    ...(confPort === undefined ? {} : { port: parsePort(confPort) }),
  });
  const everywhere = configured.host === "0.0.0.0" || configured.host === "::";
  const fallback = {
    // A server that listens on every address is reached on this machine's own.
    host: everywhere ? DEFAULT_ADDRESS.host : configured.host,
    port: port === undefined ? configured.port : parsePort(port),
  };
  return named === undefined ? fallback : parseAddress(named, fallback);
}

/** HOST and PORT; other keys in the same file are the server's. */
function readConf({ folders, readFile }: Environment): ReadonlyMap<string, string> {
  for (const folder of folders) {
    const path = join(folder, "server.conf");
    const text = readFile(path);
    if (text === undefined) continue;
    try {
      return new Map(parseConf(text).map(({ key, value }) => [key, value]));
    } catch (error) {
      throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return new Map();
}

/** The account number of a flag or of CHAT_ACCOUNT. */
export function accountNumber(named: string | undefined, environment: Environment): number | undefined {
  const text = named ?? environment.get("CHAT_ACCOUNT");
  if (text === undefined) return undefined;
  const number = parseAccount(text);
  if (!number.ok) throw new UsageError(`"${text}" is not an account: ${number.reason}.`);
  return number.value;
}
