/**
 * Reads a backup and believes nothing of it: names that have no place there, links, bytes that are not those of their sum, a
 * number that is missing, all of them make it damaged.
 */
import { createHash } from "node:crypto";
import { visibleJson } from "../../chat/visible_json.ts";
import { readTar, type TarEntry } from "../../files/tar_reader.ts";
import type { Row } from "../../store/tables.ts";
import { type Manifest, MAX_INDEX_BYTES, MAX_ROWS_BYTES, parseManifest, type Part, partOf } from "./backup_format.ts";
import { Tally } from "./tally.ts";
import { reasonOf } from "../log.ts";

/** What is done with a backup's content as it goes by. */
export interface BackupVisitor {
  rows(table: string, rows: readonly Row[]): Promise<void> | void;
  /** May leave the bytes unread. */
  blob(
    blob: Extract<Part, { kind: "blob" }> & { readonly size: number; readonly chunks: AsyncIterable<Uint8Array> },
  ): Promise<void> | void;
}

const nothing: BackupVisitor = { rows: () => {}, blob: () => {} };

/** Reads all of it. Rejects with a sentence that says why it cannot be used. */
export async function readBackup(path: string, visitor: BackupVisitor = nothing): Promise<Manifest> {
  const tally = new Tally();
  const sums = new Map<string, string>();
  let manifest: Manifest | undefined;
  let expected: ReadonlyMap<string, string> | undefined;
  try {
    for await (const entry of readTar(path)) {
      const part = partOf(entry.name);
      if (!part || !entry.isFile) throw new Error(`${visibleJson(entry.name)} has no place in a backup`);
      if (sums.has(entry.name)) throw new Error(`${entry.name} is in it twice`);
      if (expected) throw new Error("something stands behind its end");
      const hashed = new Hashed(entry);
      switch (part.kind) {
        case "rows": {
          const rows = rowsOf(await textOf(hashed, MAX_ROWS_BYTES));
          tally.add(part.table, rows);
          await visitor.rows(part.table, rows);
          break;
        }
        case "blob":
          await visitor.blob({ ...part, size: entry.size, chunks: hashed.chunks() });
          break;
        case "manifest":
          manifest = parseManifest(await textOf(hashed, MAX_INDEX_BYTES));
          break;
        case "sums":
          expected = parseSums(await textOf(hashed, MAX_INDEX_BYTES));
          continue;
      }
      sums.set(entry.name, await hashed.finish());
    }
    if (!manifest || !expected) throw new Error("its end is missing");
    check({ manifest, tally, sums, expected });
    return manifest;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error(`Cannot read ${path}: there is no such file`);
    throw new Error(`Cannot use the backup ${path}: ${reasonOf(error).replace(/\.$/, "")}`, { cause: error });
  }
}

interface Found {
  readonly manifest: Manifest;
  readonly tally: Tally;
  /** Of what is there, and of what should be. */
  readonly sums: ReadonlyMap<string, string>;
  readonly expected: ReadonlyMap<string, string>;
}

function check({ manifest, tally, sums, expected }: Found): void {
  for (const [name, sum] of expected) {
    const found = sums.get(name);
    if (found === undefined) throw new Error(`${visibleJson(name)} is missing in it`);
    if (found !== sum) throw new Error(`${name} is damaged: its bytes are not those of its sum`);
  }
  const unknown = [...sums.keys()].find((name) => !expected.has(name));
  if (unknown !== undefined) throw new Error(`${unknown} has no sum`);
  checkTally(manifest, tally);
  const faulty = new Set([...manifest.missing, ...manifest.damaged]);
  for (const [name, { sha256 }] of tally.files) {
    if (!faulty.has(name) && sums.get(name) !== sha256) throw new Error(`the file ${name} of a post is not in it`);
  }
}

/** Throws when a database does not hold what a backup says. */
export function checkTally(manifest: Manifest, tally: Tally): void {
  for (const [table, rows] of Object.entries(manifest.tables)) {
    const found = tally.tables[table] ?? 0;
    if (found !== rows) throw new Error(`the table ${visibleJson(table)} has ${found} rows instead of ${rows}`);
  }
  const rooms = tally.rooms();
  if (JSON.stringify(rooms) !== JSON.stringify(manifest.rooms)) {
    throw new Error(`its rooms are ${visibleJson(rooms)} instead of ${visibleJson(manifest.rooms)}`);
  }
}

/** An entry whose bytes are hashed as they are read. */
class Hashed {
  readonly size: number;
  readonly #entry: TarEntry;
  readonly #hash = createHash("sha256");

  constructor(entry: TarEntry) {
    this.#entry = entry;
    this.size = entry.size;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#entry.chunks) {
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  /** The sum, once what is left has been read. */
  async finish(): Promise<string> {
    for await (const chunk of this.#entry.chunks) this.#hash.update(chunk);
    return this.#hash.digest("hex");
  }
}

async function textOf(entry: Hashed, max: number): Promise<string> {
  if (entry.size > max) throw new Error(`a part of it has ${entry.size} bytes`);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for await (const chunk of entry.chunks()) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function rowsOf(text: string): readonly Row[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const row: unknown = JSON.parse(line);
    const isRow = typeof row === "object" && row !== null && !Array.isArray(row) &&
      Object.values(row).every((value) => value === null || typeof value === "string" || Number.isSafeInteger(value));
    if (!isRow) throw new Error("a row of it makes no sense");
    return row as Row;
  });
}

function parseSums(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").filter((line) => line !== "").map((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (sum === undefined || name === undefined) throw new Error("its sums make no sense");
      return [name, sum];
    }),
  );
}
