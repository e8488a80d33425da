/**
 * What a backup is: a tar archive, which any tar unpacks.
 *
 *     tables/<table>/<number>.jsonl   rows, an object a line, of every table that there is
 *     image/<sha256>, file/<sha256>   the files that posts show
 *     backup.json                     what it holds, see {@linkcode Manifest}
 *     SHA256SUMS                      a line for each of the others, as `sha256sum --check` reads it
 *
 * Rows are the same whichever database they come from. With the accounts come the devices' tokens, of which only hashes are
 * stored: so whoever has logged in goes on after a restore as if nothing had been, and nothing in a backup logs anybody in.
 * For the same reason the server's own certificate is not in it: with its key somebody could pretend to be the server, and be
 * told passwords. Its folder is copied by hand.
 */
import * as v from "valibot";
import { tablesOf } from "../../store/tables.ts";

export const MANIFEST = "backup.json";
export const SUMS = "SHA256SUMS";

/** Bytes of one file of rows at which another one begins. */
export const ROWS_BYTES = 4 * 1024 * 1024;
/** The largest one that is read: a row is never longer than a text can be. */
export const MAX_ROWS_BYTES = 64 * 1024 * 1024;
/** The largest backup.json and SHA256SUMS: some millions of files. */
export const MAX_INDEX_BYTES = 512 * 1024 * 1024;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const manifestSchema = v.object({
  format: v.literal("chat-backup"),
  formatVersion: v.literal(1),
  /** The program that has made it. */
  program: v.string(),
  /** When its snapshot was taken, in milliseconds since 1970. */
  at: count,
  /** The version of the tables. */
  schema: v.pipe(count, v.minValue(1)),
  /** How many rows each table has. */
  tables: v.record(v.string(), count),
  rooms: v.array(v.object({ room: v.string(), first: count, head: count, posts: count })),
  files: v.object({ count, bytes: count }),
  /** Files of posts, as `image/<sha256>`, that were not in the data folder, or whose bytes there were others. */
  missing: v.array(v.string()),
  damaged: v.array(v.string()),
});

export type Manifest = Readonly<v.InferOutput<typeof manifestSchema>>;

/** Throws when it is not one that this program can read. */
export function parseManifest(text: string): Manifest {
  const { format, formatVersion } = JSON.parse(text) ?? {};
  if (format === "chat-backup" && formatVersion !== 1) throw new Error("a newer program has made it");
  const parsed = v.safeParse(manifestSchema, JSON.parse(text));
  if (!parsed.success) throw new Error(`its ${MANIFEST} makes no sense`);
  return parsed.output;
}

/** What an archive's file is by its name; nothing when it has no place in a backup. */
export type Part =
  | { readonly kind: "rows"; readonly table: string }
  | { readonly kind: "blob"; readonly folder: "image" | "file"; readonly sha256: string }
  | { readonly kind: "manifest" | "sums" };

export function partOf(name: string): Part | undefined {
  if (name === MANIFEST) return { kind: "manifest" };
  if (name === SUMS) return { kind: "sums" };
  const table = /^tables\/(chat_[a-z_]{1,50})\/\d{6,12}\.jsonl$/.exec(name)?.[1];
  if (table !== undefined) return { kind: "rows", table };
  const [, folder, sha256] = /^(image|file)\/([0-9a-f]{64})$/.exec(name) ?? [];
  return sha256 === undefined ? undefined : { kind: "blob", folder: folder === "image" ? "image" : "file", sha256 };
}

export const rowsName = (table: string, number: number): string =>
  `tables/${table}/${String(number).padStart(6, "0")}.jsonl`;

/** Throws when a table is none of the version's. */
export function requireTable(table: string, { schema }: Manifest): void {
  if (!tablesOf(schema).includes(table)) throw new Error(`there is no table ${table} in version ${schema}`);
}
