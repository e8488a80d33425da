/**
 * A tar archive as it is written: streamed under a temporary name, synced, and only then given its own name, so that under that
 * there is never half an archive. For its owner's eyes.
 */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { createTarPacker } from "modern-tar";

export interface TarContent {
  /** Bytes; there must be exactly so many. */
  readonly size: number;
  /** They must not be reused: they are written later. */
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export class TarWriter implements AsyncDisposable {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: Deno.FsFile;
  readonly #at: Date;
  readonly #tar = createTarPacker();
  readonly #writing: Promise<void>;
  #failure: unknown;
  #done = false;

  private constructor(path: string, { temporary, file, at }: { temporary: string; file: Deno.FsFile; at: Date }) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
    this.#at = at;
    this.#writing = this.#write();
  }

  /** Begins the archive that is to be `path`; `at` is the time that its files get. */
  static async create(path: string, at: Date): Promise<TarWriter> {
    const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.partial`);
    const file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    return new TarWriter(path, { temporary, file, at });
  }

  /** Adds a file; returns the SHA-256 of what was written of it. Rejects with what the system says, a full disk say. */
  async add(name: string, { size, chunks }: TarContent): Promise<string> {
    const hash = createHash("sha256");
    try {
      const entry = this.#tar.controller.add({ name, size, mode: 0o600, mtime: this.#at }).getWriter();
      for await (const chunk of chunks) {
        hash.update(chunk);
        await entry.write(chunk);
      }
      await entry.close();
    } catch (error) {
      throw this.#failure ?? error;
    }
    return hash.digest("hex");
  }

  /** Ends the archive, and gives it its name once `check` has read it again. What has that name already is replaced. */
  async finish(check: (path: string) => Promise<void>): Promise<void> {
    this.#tar.controller.finalize();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#file.sync();
    await check(this.#temporary);
    await Deno.rename(this.#temporary, this.#path);
    this.#done = true;
    using folder = await Deno.open(dirname(this.#path), { read: true });
    await folder.sync();
  }

  /** Leaves nothing behind unless it was finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#done) this.#tar.controller.error(new Error("Cannot go on: the archive was given up"));
    await this.#writing;
    this.#file.close();
    if (!this.#done) await Deno.remove(this.#temporary).catch(() => {});
  }

  /** Never rejects: a failure stops whoever adds. */
  async #write(): Promise<void> {
    try {
      for await (const chunk of this.#tar.readable) {
        for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await this.#file.write(rest));
      }
    } catch (error) {
      this.#failure ??= error;
      this.#tar.controller.error(error);
    }
  }
}
