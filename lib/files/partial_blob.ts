/** An upload on its way to becoming a blob: appended to, hashed as it grows, checked and given its name at the end. */
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { readChunks } from "./read_chunks.ts";
import { imageMedia, MEDIA_PREFIX_BYTES } from "./media.ts";

export type FinishResult =
  | { readonly status: "whole"; readonly sha256: string }
  | { readonly status: "incomplete"; readonly offset: number }
  /** The bytes are not those that the sender meant: they have been removed, so that it can start again. */
  | { readonly status: "damaged" };

export interface PartialOptions {
  readonly size: number;
  readonly destination: (sha256: string) => string;
}

export class PartialBlob {
  readonly size: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #destination: (sha256: string) => string;
  readonly #hash: Hash = createHash("sha256");
  readonly #prefix = new Uint8Array(MEDIA_PREFIX_BYTES);
  #offset = 0;

  private constructor(path: string, file: Deno.FsFile, options: PartialOptions) {
    this.#path = path;
    this.#file = file;
    this.size = options.size;
    this.#destination = options.destination;
  }

  static async open(path: string, options: PartialOptions): Promise<PartialBlob> {
    const file = await openToGoOn(path, options.size);
    try {
      const partial = new PartialBlob(path, file, options);
      for await (const bytes of readChunks(file)) partial.#count(bytes);
      return partial;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** How many bytes have arrived. */
  get offset(): number {
    return this.#offset;
  }

  /** The picture's media type, once enough bytes have arrived to tell. */
  get imageMedia(): string | undefined {
    return imageMedia(this.#prefix.subarray(0, this.#offset));
  }

  /** The SHA-256 of what has arrived, for a sender that does not say what it should be. */
  get sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Appends; the bytes may be reused once this resolves. Rejects with what the system says, a full disk say. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const written = await this.#file.write(rest);
      this.#count(rest.subarray(0, written));
      rest = rest.subarray(written);
    }
  }

  /**
   * Compares the file with what the sender says it is, syncs it, and gives it its place among the blobs. It stays an upload
   * as well until {@linkcode discard}: whoever is interrupted before the rest of the world knows of the blob asks again
   * and has nothing to send a second time.
   */
  async finish(sha256: string): Promise<FinishResult> {
    if (this.#offset < this.size) return { status: "incomplete", offset: this.#offset };
    if (this.sha256 !== sha256) {
      await this.discard();
      return { status: "damaged" };
    }
    await this.#file.sync();
    const destination = this.#destination(sha256);
    await link(this.#path, destination);
    await syncFolder(dirname(destination));
    return { status: "whole", sha256 };
  }

  /** Removes the upload; a blob that was made of it stays. */
  async discard(): Promise<void> {
    await Deno.remove(this.#path).catch(ignoreNotFound);
  }

  /** Closes the file; what has arrived stays, to be gone on with. */
  close(): void {
    this.#file.close();
  }

  #count(bytes: Uint8Array): void {
    if (this.#offset < MEDIA_PREFIX_BYTES) {
      this.#prefix.set(bytes.subarray(0, MEDIA_PREFIX_BYTES - this.#offset), this.#offset);
    }
    this.#hash.update(bytes);
    this.#offset += bytes.length;
  }
}

/** Opens what has arrived of a file of `size` bytes, or begins a new one where what is there cannot be of the same file. */
async function openToGoOn(path: string, size: number): Promise<Deno.FsFile> {
  const options = { read: true, write: true, create: true, mode: 0o600 } as const;
  const file = await Deno.open(path, options);
  const found = await file.stat();
  // What is linked is a blob already, which others may have posted too: it may be finished again, but never written to.
  const isBlob = (found.nlink ?? 1) > 1;
  if (found.size <= size && !(isBlob && found.size < size)) return file;
  file.close();
  await Deno.remove(path);
  return await Deno.open(path, options);
}

/** Gives a file a second name; the same content may have it already. A file system without links gets a move instead. */
async function link(path: string, destination: string): Promise<void> {
  try {
    await Deno.link(path, destination);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    try {
      await Deno.rename(path, destination);
    } catch (renameError) {
      // It was moved there before, or somebody else has finished the same upload.
      if (!await exists(destination)) throw renameError;
    }
  }
}

const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** A new name in a folder is on the disk when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  using opened = await Deno.open(folder, { read: true });
  await opened.sync();
}
