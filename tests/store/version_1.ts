/** A database as the first version left it. */
import assert from "node:assert/strict";
import type { Store } from "../../lib/store/store.ts";
import { AT } from "./store_suite.ts";

/** Statements that fill a database of version 1: three posts, of 3, 3 and 1000 bytes. */
export const VERSION_1_ROWS = [
  "INSERT INTO chat_room (room, head) VALUES ('lobby', 3)",
  ...["'a', 1001, 'Ann', 1, 'post', '字', NULL, NULL", "'b', 1001, 'Ann', 2, 'post', '字', NULL, NULL"]
    .map((values, index) => ({ seq: index + 1, values: `${values}, NULL, NULL` })),
  { seq: 3, values: `'c', 1001, 'Ann', 3, 'file', NULL, 'f', 1000, '${"a".repeat(64)}', 'text/plain'` },
].map((row) => typeof row === "string" ? row : `INSERT INTO chat_post VALUES ('lobby', ${row.seq}, ${row.values})`);

/** What became of {@linkcode VERSION_1_ROWS}: rules and questions that are newer than they are. */
export async function fromVersion1(store: Store): Promise<void> {
  assert.deepEqual([await store.first("lobby"), await store.head("lobby")], [1, 3]);
  assert.deepEqual(await store.usedFiles(["a".repeat(64)]), ["a".repeat(64)]);
  assert.equal((await store.trim("lobby", { bytes: 1006, now: AT, upTo: 3 })).removed, 0);
  assert.equal((await store.trim("lobby", { bytes: 1003, now: AT, upTo: 3 })).removed, 1);
}
