/**
 * A second name for every blob there is, for as long as somebody reads them beside a server that may remove some meanwhile.
 *
 * A link costs no room, and the bytes stay until the last name is gone. A file system without links has none; then what the
 * server removes meanwhile is missing.
 */
import { join } from "node:path";

const SHA256 = /^[0-9a-f]{64}$/;
/** What a process that was killed has left is removed by the next one after so long. */
const STALE_MS = 24 * 3600_000;
const PREFIX = ".pinned-";

export class BlobPins implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #folder: string;

  private constructor(dataDir: string, folder: string) {
    this.#dataDir = dataDir;
    this.#folder = folder;
  }

  /** Pins what is in some folders of blobs. */
  static async create(dataDir: string, folders: readonly string[]): Promise<BlobPins> {
    await removeStale(dataDir);
    const pins = new BlobPins(dataDir, await Deno.makeTempDir({ dir: dataDir, prefix: PREFIX }));
    for (const folder of folders) await Deno.mkdir(join(pins.#folder, folder), { mode: 0o700 });
    for (const folder of folders) await pins.#pinAll(folder);
    return pins;
  }

  /** Opens a blob that was pinned, or is still there. */
  async open(folder: string, sha256: string): Promise<Deno.FsFile | undefined> {
    for (const path of [join(this.#folder, folder, sha256), join(this.#dataDir, folder, sha256)]) {
      try {
        return await Deno.open(path, { read: true });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #pinAll(folder: string): Promise<void> {
    try {
      for await (const { name } of Deno.readDir(join(this.#dataDir, folder))) {
        // One that is removed meanwhile is of no post that there is.
        if (SHA256.test(name)) {
          await Deno.link(join(this.#dataDir, folder, name), join(this.#folder, folder, name)).catch(() => {});
        }
      }
    } catch (error) {
      // Nothing has been sent yet.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function removeStale(dataDir: string): Promise<void> {
  for await (const { name } of Deno.readDir(dataDir)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(dataDir, name);
    const mtime = await Deno.stat(path).then((info) => info.mtime?.getTime(), () => undefined);
    if (mtime !== undefined && Date.now() - mtime > STALE_MS) await Deno.remove(path, { recursive: true });
  }
}
