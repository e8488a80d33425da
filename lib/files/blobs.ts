/**
 * Blobs: a folder of files named by the SHA-256 of their content, and of uploads that are not whole yet.
 *
 *     <folder>/<64 hexadecimal digits>      whole, synced and checked; written once, never changed
 *     <folder>/.partial/<key>               what has arrived of an upload; its length is where the sender goes on
 *
 * Bytes that were acknowledged have been handed to the system, so they survive the process; a whole file is synced before it
 * gets its name, so it survives the machine. No name that a peer chose ever becomes part of a path.
 */
import { join } from "node:path";
import { PartialBlob } from "./partial_blob.ts";

/** What happened to a local file; `disk-full` is the system's ENOSPC or EDQUOT. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

const SHA256 = /^[0-9a-f]{64}$/;
/** Blobs whose use is asked for together. */
const ASKED_AT_ONCE = 100;
const KEY = /^[0-9a-z-]{1,80}$/;

export class BlobFolder {
  readonly folder: string;
  readonly #partials: string;
  /** Blobs of which a post is being made, and by how many. */
  readonly #held = new Map<string, number>();
  /** Blobs that may be removed, unless somebody makes a post of them meanwhile. */
  readonly #suspects = new Set<string>();

  private constructor(folder: string) {
    this.folder = folder;
    this.#partials = join(folder, ".partial");
  }

  /** Opens a folder, created (readable by its owner only) when missing. */
  static async open(folder: string): Promise<BlobFolder> {
    const blobs = new BlobFolder(folder);
    await blobs.#make();
    return blobs;
  }

  async #make(): Promise<void> {
    for (const path of [this.folder, this.#partials]) await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  }

  path(sha256: string): string {
    if (!SHA256.test(sha256)) throw new TypeError(`Cannot name a blob: "${sha256}" is not a SHA-256`);
    return join(this.folder, sha256);
  }

  /** Opens a whole blob for reading; nothing when it is not there. */
  async read(sha256: string): Promise<Deno.FsFile | undefined> {
    try {
      return await Deno.open(this.path(sha256), { read: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /**
   * Opens the upload `key` where it stopped, or begins it. What is there beyond `size` cannot be of the same file, and
   * is thrown away.
   */
  async receive(key: string, options: { readonly size: number }): Promise<PartialBlob> {
    if (!KEY.test(key)) throw new TypeError(`Cannot name an upload: "${key}" is not a key`);
    const path = join(this.#partials, key);
    const open = () => PartialBlob.open(path, { ...options, destination: (sha256) => this.path(sha256) });
    try {
      return await open();
    } catch (error) {
      // Somebody has tidied the folder away under the server.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await this.#make();
      return await open();
    }
  }

  /** Writes a whole blob, in place of what has its name. Rejects when the bytes are not those that it is named for. */
  async put(sha256: string, { size, chunks }: { readonly size: number; readonly chunks: AsyncIterable<Uint8Array> }) {
    const partial = await this.receive(`put-${sha256}`, { size });
    try {
      // What an earlier attempt has left is of the same bytes, or will be found out.
      let known = partial.offset;
      for await (const chunk of chunks) {
        await partial.append(chunk.subarray(Math.min(known, chunk.length)));
        known -= Math.min(known, chunk.length);
      }
      removeSync(this.path(sha256));
      const { status } = await partial.finish(sha256);
      if (status !== "whole") throw new Error(`Cannot write the file ${sha256}: its bytes are ${status}`);
      await partial.discard();
    } finally {
      partial.close();
    }
  }

  /** The blobs that are whole, by their names. */
  async names(): Promise<readonly string[]> {
    const names = await Array.fromAsync(Deno.readDir(this.folder), ({ name }) => name);
    return names.filter((name) => SHA256.test(name));
  }

  /** Keeps the blob, whether it is there yet or not, until the result is disposed of: a post of it is being made. */
  hold(sha256: string): Disposable {
    this.#suspects.delete(sha256);
    this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        const others = (this.#held.get(sha256) ?? 0) - 1;
        if (others > 0) this.#held.set(sha256, others);
        else this.#held.delete(sha256);
      },
    };
  }

  /**
   * Removes the blobs, or those of the given names, of which there is no post: `used` answers with those of the given ones that
   * have one.
   */
  async removeUnused(
    used: (sha256s: readonly string[]) => Promise<readonly string[]>,
    some?: readonly string[],
  ): Promise<number> {
    const blobs = some ?? await this.names();
    let removed = 0;
    for (let start = 0; start < blobs.length; start += ASKED_AT_ONCE) {
      for (const sha256 of blobs.slice(start, start + ASKED_AT_ONCE)) {
        if (!this.#held.has(sha256)) this.#suspects.add(sha256);
      }
      try {
        for (const sha256 of await used([...this.#suspects])) this.#suspects.delete(sha256);
        // At once, with nothing in between: whoever holds a blob from here on finds it gone and makes it anew.
        for (const sha256 of this.#suspects) {
          removed += removeSync(this.path(sha256));
        }
      } finally {
        this.#suspects.clear();
      }
    }
    return removed;
  }

  /** Removes uploads that nobody has added to since `before` (milliseconds since 1970); returns how many. */
  async expire(before: number): Promise<number> {
    let removed = 0;
    for await (const entry of Deno.readDir(this.#partials)) {
      const path = join(this.#partials, entry.name);
      // One that is finished meanwhile is gone, which is as good.
      const mtime = await Deno.stat(path).then((info) => info.mtime, () => undefined);
      if (!mtime || mtime.getTime() >= before) continue;
      removed += await Deno.remove(path).then(() => 1, () => 0);
    }
    return removed;
  }
}

/** How many files that was. */
function removeSync(path: string): 0 | 1 {
  try {
    Deno.removeSync(path);
    return 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
