/**
 * Restoring a backup into an empty place. It is read twice: once to see that all of it is there, then to put it in place; and
 * what is in place is counted at last. Files come first and rows in one transaction, so that a restore that is interrupted has
 * restored nothing, and may be run again.
 */
import { join } from "node:path";
import { BlobFolder } from "../../files/blobs.ts";
import { MIGRATIONS } from "../../store/migrations.ts";
import { openRefill } from "../../store/refill.ts";
import { openSnapshot } from "../../store/snapshot.ts";
import { tablesOf } from "../../store/tables.ts";
import type { BackupSource } from "./backup.ts";
import { type Manifest, requireTable } from "./backup_format.ts";
import { checkTally, readBackup } from "./backup_reader.ts";
import { Tally } from "./tally.ts";

export interface RestoreOptions {
  readonly path: string;
  /** Whether everybody has to log in again, as for a backup of before a device was lost. */
  readonly logOut: boolean;
}

/** Resolves with what was restored. Rejects with a sentence. */
export async function restore({ database, dataDir }: BackupSource, options: RestoreOptions): Promise<Manifest> {
  const { path, logOut } = options;
  const names = new Set<string>();
  const found = await readBackup(path, {
    rows: () => {},
    blob: ({ folder, sha256 }) => void names.add(`${folder}/${sha256}`),
  });
  if (found.schema > MIGRATIONS.length) throw new Error(`Cannot restore ${path}: a newer program has made it`);
  for (const table of Object.keys(found.tables)) requireTable(table, found);
  const manifest = logOut ? { ...found, tables: { ...found.tables, chat_token: 0 } } : found;

  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const folders = {
    image: await BlobFolder.open(join(dataDir, "image")),
    file: await BlobFolder.open(join(dataDir, "file")),
  };
  for (const [folder, blobs] of Object.entries(folders)) {
    const foreign = (await blobs.names()).find((name) => !names.has(`${folder}/${name}`));
    if (foreign === undefined) continue;
    throw new Error(`Cannot restore into ${dataDir}: it has files of another room. Name another one with --data-dir`);
  }

  {
    await using refill = await openRefill(database, manifest.schema);
    await readBackup(path, {
      rows: async (table, rows) => {
        requireTable(table, manifest);
        if (!(logOut && table === "chat_token")) await refill.insert(table, rows);
      },
      blob: async ({ folder, sha256, size, chunks }) => {
        if (!manifest.damaged.includes(`${folder}/${sha256}`)) await folders[folder].put(sha256, { size, chunks });
      },
    });
    await refill.commit();
  }
  await checkRestored(database, { manifest, folders });
  return manifest;
}

async function checkRestored(
  database: string,
  { manifest, folders }: { readonly manifest: Manifest; readonly folders: Record<"image" | "file", BlobFolder> },
): Promise<void> {
  await using snapshot = await openSnapshot(database);
  const tally = new Tally();
  for (const table of tablesOf(snapshot.version).filter((table) => table in manifest.tables)) {
    for await (const rows of snapshot.rows(table)) tally.add(table, rows);
  }
  checkTally(manifest, tally);
  const faulty = new Set([...manifest.missing, ...manifest.damaged]);
  for (const [name, { folder, sha256, size }] of tally.files) {
    if (faulty.has(name)) continue;
    const found = await Deno.stat(folders[folder].path(sha256));
    if (found.size !== size) {
      throw new Error(`Cannot restore: the file ${name} has ${found.size} bytes instead of ${size}`);
    }
  }
}
