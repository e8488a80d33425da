/**
 * One person's data: everything that is stored about them in an archive, or gone.
 *
 *     person.json    account, devices, role, what was done to keep order and by whom
 *     posts.jsonl    what they said and showed, a line each
 *     files/         their files, by number and name
 */
import { join } from "node:path";
import { cleanFileName } from "../../chat/text.ts";
import { isFile, LOBBY } from "../../chat/types.ts";
import { BlobPins } from "../../files/blob_pins.ts";
import { BlobFolder } from "../../files/blobs.ts";
import { readTar } from "../../files/tar_reader.ts";
import { TarWriter } from "../../files/tar_writer.ts";
import { erasePerson } from "../../store/erase_person.ts";
import type { Erased } from "../../store/erase.ts";
import { openStore } from "../../store/open.ts";
import { openSnapshot, postsOf, requireNewest, type Snapshot } from "../../store/snapshot.ts";
import type { Row, Where } from "../../store/tables.ts";
import { type BackupSource, chunksOf } from "./backup.ts";

/** Where something about a person stands, beside their posts. */
const TABLES: Readonly<Record<string, (account: number) => Where>> = {
  chat_account: (account) => ({ equals: { account } }),
  chat_token: (account) => ({ equals: { account } }),
  chat_role: (account) => ({ equals: { account } }),
  chat_sanction: (account) => ({ equals: { subject: String(account) } }),
  chat_audit: (account) => ({ equals: { account } }),
};

/** The tables that {@linkcode exportPerson} looks into, so that a test sees when one is forgotten. */
export const PERSON_TABLES: readonly string[] = [...Object.keys(TABLES), "chat_post"];

/** Hashes are proofs, and nobody's to see. */
const SECRET = new Set(["hash", "password_hash"]);

export interface PersonSummary {
  readonly posts: number;
  readonly files: number;
}

/** Writes all that is stored about somebody. Rejects with a sentence when there is no such account. */
export async function exportPerson(
  { database, dataDir }: BackupSource,
  { account, path }: { readonly account: number; readonly path: string },
): Promise<PersonSummary> {
  if (await Deno.lstat(path).then(() => true, () => false)) {
    throw new Error(`Cannot write ${path}: it is there already. Name another file with -o`);
  }
  await using pins = await BlobPins.create(dataDir, ["image", "file"]);
  await using snapshot = await openSnapshot(database);
  requireNewest(snapshot);
  const person: Record<string, readonly Row[]> = {};
  for (const [table, where] of Object.entries(TABLES)) person[table] = await rowsOf(snapshot, table, where(account));
  if (person.chat_account?.length === 0) throw new Error(`Cannot find the account ${account}`);
  const posts = (await Array.fromAsync(postsOf(snapshot, LOBBY, { account }))).flat();

  await using tar = await TarWriter.create(path, new Date());
  await addText(tar, "person.json", `${JSON.stringify(person, undefined, 2)}\n`);
  await addText(tar, "posts.jsonl", posts.map((post) => `${JSON.stringify(post)}\n`).join(""));
  let files = 0;
  for (const post of posts.filter(isFile)) {
    using file = await pins.open(post.type, post.sha256);
    if (!file) continue;
    const { size } = await file.stat();
    await tar.add(`files/${post.seq}-${cleanFileName(post.name)}`, { size, chunks: chunksOf(file, size) });
    files++;
  }
  await tar.finish(async (written) => {
    const names = await Array.fromAsync(readTar(written), ({ name }) => name);
    if (names.length !== files + 2) throw new Error(`Cannot write ${path}: not all is in it`);
  });
  return { posts: posts.length, files };
}

/** Erases somebody, and the files that nobody else has posted. Rejects with a sentence. */
export async function forgetPerson({ database, dataDir }: BackupSource, account: number): Promise<Erased> {
  const erased = await erasePerson(database, account);
  if (!erased) throw new Error(`Cannot find the account ${account}`);
  const store = await openStore(database, { alone: true });
  try {
    for (const name of ["image", "file"]) {
      const folder = await BlobFolder.open(join(dataDir, name));
      await folder.removeUnused((sha256s) => store.usedFiles(sha256s));
      for await (const partial of Deno.readDir(join(folder.folder, ".partial"))) {
        if (partial.name.startsWith(`${account}-`)) await Deno.remove(join(folder.folder, ".partial", partial.name));
      }
    }
  } finally {
    await store.close();
  }
  return erased;
}

async function rowsOf(snapshot: Snapshot, table: string, where: Where): Promise<readonly Row[]> {
  const rows = (await Array.fromAsync(snapshot.rows(table, where))).flat();
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !SECRET.has(name))));
}

async function addText(tar: TarWriter, name: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await tar.add(name, { size: bytes.length, chunks: [bytes] });
}
