/** Opens the store that a URL names. */
import { openMysql } from "./mysql.ts";
import { openSqlite } from "./sqlite.ts";
import type { Store } from "./store.ts";

/** Whether the database can be used at the moment; never with a password in it. */
export interface StoreState {
  readonly available: boolean;
  readonly reason?: string;
}

export interface OpenOptions {
  /** Called whenever the database goes away or comes back. */
  readonly onState?: (state: StoreState) => void;
}

/** `sqlite:FILE` or `mysql://user:password@host:port/name`. Rejects with a sentence when it cannot be opened at all. */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  if (url.startsWith("sqlite:") && url.length > "sqlite:".length) return await openSqlite(url.slice("sqlite:".length));
  if (/^(mysql|mariadb):\/\//.test(url)) return openMysql(url, options);
  throw new TypeError("Cannot open the database: it is sqlite:FILE or mysql://user:password@host:port/name.");
}
