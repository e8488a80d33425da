/**
 * Fetching a file: written beside its destination under another name, gone on with after every loss of the connection,
 * checked against its SHA-256, and only then given its name. What is there already is never overwritten unless that was
 * asked for.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { FileInfo } from "../chat/types.ts";
import { readChunks } from "../files/read_chunks.ts";
import { UsageError } from "./failure.ts";
import type { Link } from "./link.ts";
import { Attempt, type TransferOptions } from "./transfer.ts";
import { expect } from "./expect.ts";
import type { Wire } from "./wire.ts";

export interface Downloaded {
  readonly path: string;
  readonly file: FileInfo;
}

export interface DownloadOptions extends TransferOptions {
  /** Where the file grows until it is whole. */
  readonly folder: string;
  /** Where it stands then; asked once its name is known. What is there is replaced. */
  readonly path: (file: FileInfo) => string;
}

export async function download(link: Link, id: string, options: DownloadOptions): Promise<Downloaded> {
  // A name of its own: another client may be fetching the same file into the same folder.
  const partial = join(options.folder, `.${crypto.randomUUID()}.part`);
  const target = await create(partial, options.folder);
  try {
    const file = await link.lasting((wire) => fetchOnce(wire, target, { link, id, ...options }));
    await verify(target, file);
    const path = options.path(file);
    await Deno.rename(partial, path);
    return { path, file };
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  } finally {
    target.close();
  }
}

async function create(partial: string, folder: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(partial, { read: true, write: true, create: true, truncate: true, mode: 0o600 });
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such folder" : "nothing can be written there";
    throw new UsageError(`Cannot save in ${folder}: ${why}.`);
  }
}

interface Fetching extends TransferOptions {
  readonly link: Link;
  readonly id: string;
}

/** Goes on behind what `target` has, to the end. */
async function fetchOnce(wire: Wire, target: Deno.FsFile, options: Fetching): Promise<FileInfo> {
  const { link, id, progress, signal } = options;
  let { size: offset } = await target.stat();
  let total = 0;
  await target.seek(offset, Deno.SeekMode.Start);
  await using attempt = new Attempt(wire, {
    signal,
    chunk: async (bytes) => {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await target.write(rest));
      offset += bytes.length;
      wire.say({ op: "ack", stream: attempt.stream, offset });
      progress?.(offset, total);
    },
  });
  const { stream } = attempt;
  const { file } = await expect(link.insist(wire, { op: "download", stream, id, offset }), "accepted");
  if (!file) throw new Error("Cannot fetch: the server did not say what it is sending.");
  total = file.size;
  await attempt.until(() => offset >= file.size);
  attempt.complete();
  return file;
}

async function verify(target: Deno.FsFile, file: FileInfo): Promise<void> {
  const hash = createHash("sha256");
  await target.seek(0, Deno.SeekMode.Start);
  for await (const bytes of readChunks(target)) hash.update(bytes);
  if (hash.digest("hex") !== file.sha256) {
    throw new Error(`Cannot save ${file.name}: it arrived damaged; fetch it again.`);
  }
}
