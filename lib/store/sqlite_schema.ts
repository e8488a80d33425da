/** The embedded database's tables: a list of migrations, of which none is ever changed, each run once and in order. */
export const SQLITE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE chat_account (
    account INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE chat_token (
    hash TEXT PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES chat_account (account) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE chat_room (
    room TEXT PRIMARY KEY,
    head INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE chat_post (
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
  ) STRICT;
  `,
];
