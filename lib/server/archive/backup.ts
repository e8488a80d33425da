/**
 * Making a backup, beside a server that goes on or without one.
 *
 * The database is read in one transaction, so that everything in the backup is of one moment; whatever was acknowledged before
 * that is in it. Files are pinned before, so that none of that moment's is removed before it is copied. The archive is read
 * again, counted and compared before it gets its name.
 */
import { readAt } from "../../files/read_at.ts";
import { BlobPins } from "../../files/blob_pins.ts";
import { TarWriter } from "../../files/tar_writer.ts";
import { openSnapshot, type Snapshot } from "../../store/snapshot.ts";
import { tablesOf } from "../../store/tables.ts";
import { MANIFEST, type Manifest, ROWS_BYTES, rowsName, SUMS } from "./backup_format.ts";
import { readBackup } from "./backup_reader.ts";
import { Tally } from "./tally.ts";

/** Bytes that are read of a file at a time. */
const CHUNK_BYTES = 256 * 1024;

export interface BackupSource {
  readonly database: string;
  readonly dataDir: string;
}

export interface BackupTarget {
  readonly path: string;
  /** Whether what is there may be replaced, which it is at once and whole. */
  readonly replace: boolean;
  /** The program's name and version, to stand in the backup. */
  readonly program: string;
}

/** Resolves when the backup is on the disk and has been checked. Rejects with a sentence, and leaves nothing behind. */
export async function backUp({ database, dataDir }: BackupSource, target: BackupTarget): Promise<Manifest> {
  if (!target.replace && await exists(target.path)) {
    throw new Error(`Cannot write ${target.path}: it is there already. Name another file, or say --replace`);
  }
  await using pins = await BlobPins.create(dataDir, ["image", "file"]);
  await using snapshot = await openSnapshot(database);
  const at = Date.now();
  await using tar = await TarWriter.create(target.path, new Date(at));
  const archive = new Archive(tar);
  const tally = new Tally();
  for (const table of tablesOf(snapshot.version)) await addTable(archive, { snapshot, table, tally });
  const files = await addFiles(archive, { tally, pins });
  const manifest: Manifest = {
    format: "chat-backup",
    formatVersion: 1,
    program: target.program,
    at,
    schema: snapshot.version,
    tables: tally.tables,
    rooms: [...tally.rooms()],
    ...files,
  };
  await archive.add(MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await archive.add(SUMS, archive.sums());
  await tar.finish(async (path) => void await readBackup(path));
  return manifest;
}

/** The archive with the sums of what is in it. */
class Archive {
  readonly #tar: TarWriter;
  readonly #sums: string[] = [];

  constructor(tar: TarWriter) {
    this.#tar = tar;
  }

  sums(): string {
    return this.#sums.join("");
  }

  async add(name: string, content: string | { readonly size: number; readonly chunks: AsyncIterable<Uint8Array> }) {
    const sum = await this.#tar.add(name, typeof content === "string" ? contentOf(content) : content);
    this.#sums.push(`${sum}  ${name}\n`);
    return sum;
  }
}

function contentOf(text: string) {
  const bytes = new TextEncoder().encode(text);
  return { size: bytes.length, chunks: [bytes] };
}

async function addTable(
  archive: Archive,
  { snapshot, table, tally }: { readonly snapshot: Snapshot; readonly table: string; readonly tally: Tally },
): Promise<void> {
  tally.add(table, []);
  let number = 0;
  let lines = "";
  const flush = async () => {
    if (lines !== "") await archive.add(rowsName(table, ++number), lines);
    lines = "";
  };
  for await (const rows of snapshot.rows(table)) {
    tally.add(table, rows);
    for (const row of rows) {
      lines += `${JSON.stringify(row)}\n`;
      if (lines.length >= ROWS_BYTES) await flush();
    }
  }
  await flush();
}

/** Adds the files that posts show, and says which could not be. */
async function addFiles(
  archive: Archive,
  { tally, pins }: { readonly tally: Tally; readonly pins: BlobPins },
): Promise<Pick<Manifest, "files" | "missing" | "damaged">> {
  const missing: string[] = [], damaged: string[] = [];
  let count = 0, bytes = 0;
  for (const [name, { folder, sha256 }] of tally.files) {
    using file = await pins.open(folder, sha256);
    if (!file) {
      missing.push(name);
      continue;
    }
    const { size } = await file.stat();
    const sum = await archive.add(name, { size, chunks: chunksOf(file, size) });
    if (sum !== sha256) damaged.push(name);
    count++;
    bytes += size;
  }
  return { files: { count, bytes }, missing, damaged };
}

/** Each in bytes of its own, since they are written later. */
export async function* chunksOf(file: Deno.FsFile, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; offset += CHUNK_BYTES) {
    yield await readAt(file, { offset, length: Math.min(CHUNK_BYTES, size - offset) });
  }
}

const exists = (path: string): Promise<boolean> => Deno.lstat(path).then(() => true, () => false);
