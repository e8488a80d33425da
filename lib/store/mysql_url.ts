/** A database URL as connection settings: `mysql://user:password@host:port/name?tls=required&ca=FILE`. */
import type { ConnectionOptions } from "mysql2/promise";

export interface MysqlTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl?: { readonly ca?: string; readonly verifyIdentity: true };
}

const DEFAULT_PORT = 3306;
/** Until the server has greeted and let us in. */
const CONNECT_TIMEOUT_MS = 3000;

/** Throws a {@linkcode TypeError} with a sentence that never has the password in it. */
export function parseMysqlUrl(text: string): MysqlTarget {
  const url = URL.parse(text);
  if (!url?.hostname) throw invalid("it is mysql://user:password@host:port/name");
  const database = decode(url.pathname.slice(1), "name");
  if (database === "" || database.includes("/")) throw invalid("its URL ends in /name, the database's name");
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    user: decode(url.username, "user"),
    password: decode(url.password, "password"),
    database,
    ...tls(url.searchParams),
  };
}

function tls(parameters: URLSearchParams): Pick<MysqlTarget, "ssl"> {
  for (const name of parameters.keys()) {
    if (name !== "tls" && name !== "ca") throw invalid(`its URL may have ?tls=required and &ca=FILE, not ${name}`);
  }
  const mode = parameters.get("tls");
  const file = parameters.get("ca");
  if (mode === null && file === null) return {};
  if (mode !== "required") throw invalid("its URL says ?tls=required, with &ca=FILE or without");
  if (file === null) return { ssl: { verifyIdentity: true } };
  try {
    return { ssl: { ca: Deno.readTextFileSync(file), verifyIdentity: true } };
  } catch (error) {
    throw invalid(`the certificate ${file} is not readable (${error instanceof Error ? error.message : error})`);
  }
}

export function connectionOptions({ ssl, ...target }: MysqlTarget): ConnectionOptions {
  return {
    ...target,
    ...(ssl ? { ssl: { ...ssl, rejectUnauthorized: true } } : {}),
    charset: "utf8mb4_bin",
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Statements differ by their number of rows only; each is kept prepared on the server, whose room for them is bounded.
    maxPreparedStatements: 64,
  };
}

const invalid = (state: string): TypeError => new TypeError(`Cannot open the database: ${state}.`);

function decode(part: string, name: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(`write a % in its URL's ${name} as %25`);
  }
}
