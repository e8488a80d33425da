/**
 * The tables, as a list of changes that only ever grows: the n-th entry is version n, in both dialects. What a database has
 * been through stands in its table `chat_migration`. Never change an entry that somebody may have run: add another.
 *
 * SQLite runs a migration in one transaction. MySQL commits each statement by itself, so that a migration can be left
 * half-way there: its statements are run again, and one that finds its column or index there already has been run before.
 *
 * Times are milliseconds since 1970-01-01 UTC. Every name begins with `chat_`: the database may hold other programs' tables.
 */
export interface Migration {
  readonly sqlite: readonly string[];
  readonly mysql: readonly string[];
}

/** Understood by both. */
export const CREATE_MIGRATION_TABLE =
  "CREATE TABLE IF NOT EXISTS chat_migration (version INTEGER NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)";
export const SELECT_VERSION = "SELECT MAX(version) AS version FROM chat_migration";
export const INSERT_VERSION = "INSERT INTO chat_migration (version, applied_at) VALUES (?, ?)";

// InnoDB for transactions; binary comparison, since names and texts that differ must never be taken for equal.
const MYSQL_TABLE = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
const MYSQL_ASCII = "CHARACTER SET ascii COLLATE ascii_bin";

const roomBytes = (textBytes: string) =>
  `(SELECT COALESCE(SUM(COALESCE(${textBytes}, 0) + COALESCE(file_size, 0)), 0)
    FROM chat_post WHERE chat_post.room = chat_room.room)`;

const COUNT_DEVICES = `UPDATE chat_account SET devices =
  (SELECT COALESCE(MAX(device), 0) FROM chat_token WHERE chat_token.account = chat_account.account)`;

export const MIGRATIONS: readonly Migration[] = [
  {
    sqlite: [
      `CREATE TABLE chat_account (
        account INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT`,
      `CREATE TABLE chat_token (
        hash TEXT PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES chat_account (account),
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      "CREATE INDEX chat_token_account ON chat_token (account)",
      "CREATE TABLE chat_room (room TEXT PRIMARY KEY, head INTEGER NOT NULL) STRICT, WITHOUT ROWID",
      `CREATE TABLE chat_post (
        room TEXT NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL UNIQUE,
        account INTEGER NOT NULL,
        name TEXT NOT NULL,
        at INTEGER NOT NULL,
        type TEXT NOT NULL,
        text TEXT,
        file_name TEXT,
        file_size INTEGER,
        file_sha256 TEXT,
        file_media TEXT,
        PRIMARY KEY (room, seq)
      ) STRICT`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS chat_account (
        account INT NOT NULL PRIMARY KEY,
        name VARCHAR(255) NOT NULL,
        password_hash VARCHAR(255) ${MYSQL_ASCII} NOT NULL,
        created_at BIGINT NOT NULL
      ) ${MYSQL_TABLE}`,
      `CREATE TABLE IF NOT EXISTS chat_token (
        hash CHAR(64) ${MYSQL_ASCII} NOT NULL PRIMARY KEY,
        account INT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        FOREIGN KEY (account) REFERENCES chat_account (account)
      ) ${MYSQL_TABLE}`,
      `CREATE TABLE IF NOT EXISTS chat_room (
        room VARCHAR(64) NOT NULL PRIMARY KEY,
        head BIGINT NOT NULL
      ) ${MYSQL_TABLE}`,
      `CREATE TABLE IF NOT EXISTS chat_post (
        room VARCHAR(64) NOT NULL,
        seq BIGINT NOT NULL,
        id CHAR(36) ${MYSQL_ASCII} NOT NULL UNIQUE,
        account INT NOT NULL,
        name VARCHAR(255) NOT NULL,
        at BIGINT NOT NULL,
        type VARCHAR(16) ${MYSQL_ASCII} NOT NULL,
        text MEDIUMTEXT,
        file_name VARCHAR(255),
        file_size BIGINT,
        file_sha256 CHAR(64) ${MYSQL_ASCII},
        file_media VARCHAR(255),
        PRIMARY KEY (room, seq)
      ) ${MYSQL_TABLE}`,
    ],
  },
  // How many bytes a room's posts have, so that a limit on them costs no scan; and which files posts still use.
  {
    sqlite: [
      "ALTER TABLE chat_room ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0",
      `UPDATE chat_room SET bytes = ${roomBytes("LENGTH(CAST(text AS BLOB))")}`,
      "CREATE INDEX chat_post_file ON chat_post (file_sha256) WHERE file_sha256 IS NOT NULL",
    ],
    mysql: [
      "ALTER TABLE chat_room ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0",
      `UPDATE chat_room SET bytes = ${roomBytes("LENGTH(text)")}`,
      "CREATE INDEX chat_post_file ON chat_post (file_sha256)",
    ],
  },
  // An index of every three characters in a row, filled behind the posts: `indexed` is how far. A room's number makes the
  // rows' (`search_index.ts`). MariaDB has no such index; there the texts themselves are looked through.
  {
    sqlite: [
      "ALTER TABLE chat_room ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
      "UPDATE chat_room SET number = (SELECT COUNT(*) FROM chat_room AS other WHERE other.room < chat_room.room)",
      "ALTER TABLE chat_room ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0",
      `CREATE VIRTUAL TABLE chat_search USING fts5 (
        body, content = '', contentless_delete = 1, detail = 'none', tokenize = 'trigram'
      )`,
    ],
    mysql: [],
  },
  // What is kept of one person's files, which costs no scan either.
  {
    sqlite: ["CREATE INDEX chat_post_owner ON chat_post (account, file_size) WHERE file_size IS NOT NULL"],
    mysql: ["CREATE INDEX chat_post_owner ON chat_post (account, file_size)"],
  },
  // Acts: events of a room like posts, and what follows from them: roles, who is kept out or silent, a room's rules. The audit log
  // outlives the events. Codes (invitations, the owner's) are stored as their SHA-256.
  {
    sqlite: [
      "ALTER TABLE chat_post ADD COLUMN act TEXT",
      "ALTER TABLE chat_room ADD COLUMN slow INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE chat_room ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0",
      "CREATE TABLE chat_role (account INTEGER PRIMARY KEY, role TEXT NOT NULL) STRICT",
      `CREATE TABLE chat_sanction (
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        name TEXT NOT NULL,
        ends_at INTEGER,
        reason TEXT,
        PRIMARY KEY (kind, subject)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE chat_audit (
        room TEXT NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        account INTEGER NOT NULL,
        name TEXT NOT NULL,
        at INTEGER NOT NULL,
        act TEXT NOT NULL,
        PRIMARY KEY (room, seq)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE chat_code (
        hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        uses INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
    mysql: [
      "ALTER TABLE chat_post ADD COLUMN act TEXT",
      "ALTER TABLE chat_room ADD COLUMN slow INT NOT NULL DEFAULT 0",
      "ALTER TABLE chat_room ADD COLUMN read_only INT NOT NULL DEFAULT 0",
      `CREATE TABLE IF NOT EXISTS chat_role (
        account INT NOT NULL PRIMARY KEY,
        role VARCHAR(16) ${MYSQL_ASCII} NOT NULL
      ) ${MYSQL_TABLE}`,
      `CREATE TABLE IF NOT EXISTS chat_sanction (
        kind VARCHAR(16) ${MYSQL_ASCII} NOT NULL,
        subject VARCHAR(64) ${MYSQL_ASCII} NOT NULL,
        name VARCHAR(255) NOT NULL,
        ends_at BIGINT,
        reason VARCHAR(255),
        PRIMARY KEY (kind, subject)
      ) ${MYSQL_TABLE}`,
      `CREATE TABLE IF NOT EXISTS chat_audit (
        room VARCHAR(64) NOT NULL,
        seq BIGINT NOT NULL,
        id CHAR(36) ${MYSQL_ASCII} NOT NULL,
        account INT NOT NULL,
        name VARCHAR(255) NOT NULL,
        at BIGINT NOT NULL,
        act TEXT NOT NULL,
        PRIMARY KEY (room, seq)
      ) ${MYSQL_TABLE}`,
      `CREATE TABLE IF NOT EXISTS chat_code (
        hash CHAR(64) ${MYSQL_ASCII} NOT NULL PRIMARY KEY,
        kind VARCHAR(16) ${MYSQL_ASCII} NOT NULL,
        uses INT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
      ) ${MYSQL_TABLE}`,
    ],
  },
  // What a person's devices are called, numbered for each account, and when they were last used.
  {
    sqlite: [
      "ALTER TABLE chat_account ADD COLUMN devices INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE chat_token ADD COLUMN device INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE chat_token ADD COLUMN name TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE chat_token ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0",
      `UPDATE chat_token SET used_at = created_at, device = (SELECT COUNT(*) FROM chat_token AS other
        WHERE other.account = chat_token.account AND other.hash <= chat_token.hash)`,
      COUNT_DEVICES,
    ],
    mysql: [
      "ALTER TABLE chat_account ADD COLUMN devices INT NOT NULL DEFAULT 0",
      "ALTER TABLE chat_token ADD COLUMN device INT NOT NULL DEFAULT 0",
      "ALTER TABLE chat_token ADD COLUMN name VARCHAR(255) NOT NULL DEFAULT ''",
      "ALTER TABLE chat_token ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0",
      `UPDATE chat_token JOIN (SELECT one.hash, COUNT(*) AS number FROM chat_token AS one
        JOIN chat_token AS other ON other.account = one.account AND other.hash <= one.hash GROUP BY one.hash) AS counted
        ON counted.hash = chat_token.hash SET used_at = created_at, device = counted.number`,
      COUNT_DEVICES,
    ],
  },
];

/** What a database of this version has before it, up to the newest or to another version. Throws when a newer server has used it. */
export function pendingMigrations(
  version: number,
  to = MIGRATIONS.length,
): readonly (Migration & { readonly version: number })[] {
  if (version > MIGRATIONS.length) {
    throw new Error(
      `Cannot use the database: its tables have version ${version}, and this server knows ${MIGRATIONS.length}. ` +
        "Run the newer server that has used it",
    );
  }
  return MIGRATIONS.slice(version, to).map((migration, index) => ({ version: version + index + 1, ...migration }));
}
