/** Opens the store that a URL names. */
import type { OnState } from "./availability.ts";
import { openMysql, openMysqlAlone } from "./mysql.ts";
import { openSqlite } from "./sqlite.ts";
import type { Durability } from "./sqlite_connection.ts";
import type { Store } from "./store.ts";

export interface OpenOptions {
  /** What a power cut may take; heeded by SQLite, while MySQL has settings of its own. */
  readonly durability?: Durability;
  /** Called once as the database is first known to be available or not, and at each change of that. */
  readonly onState?: OnState;
  /** Whether another server on the same database is refused. SQLite never has two; on MySQL it takes a lock. */
  readonly alone?: boolean;
  /** Called once when the database's thread has crashed: every call fails from then on. SQLite alone has one. */
  readonly onCrash?: (reason: string) => void;
}

/**
 * `sqlite:FILE`, `mysql://user:password@host:port/name` or the same with `mariadb:`.
 * Rejects with a sentence when it makes no sense, or when the file cannot be used. A MySQL that is away is no obstacle.
 */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const file = /^sqlite:(.+)$/s.exec(url)?.[1];
  if (file !== undefined) return await openSqlite(file, options);
  if (/^(mysql|mariadb):/.test(url)) {
    return options.alone ? await openMysqlAlone(url, options) : openMysql(url, options);
  }
  throw new TypeError("Cannot open the database: name it as sqlite:FILE or mysql://user:password@host:port/name.");
}
