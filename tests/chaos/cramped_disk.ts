/** The disk under the server's data, small and in memory, which something else fills to the last byte now and then. */
import { join } from "node:path";
import { mountSmallDisk, type SmallDisk } from "../support/small_disk.ts";
import type { Random } from "./random.ts";

export class CrampedDisk implements AsyncDisposable {
  readonly #disk: SmallDisk;
  readonly #random: Random;
  #ended = false;
  #tormenting = Promise.resolve();
  /** Times that it was full. */
  fills = 0;

  private constructor(disk: SmallDisk, random: Random) {
    this.#disk = disk;
    this.#random = random;
  }

  /** Nothing where none can be mounted, for want of rights usually. */
  static async mount(
    options: { readonly mebibytes: number; readonly random: Random },
  ): Promise<CrampedDisk | undefined> {
    const disk = await mountSmallDisk(options.mebibytes);
    return disk && new CrampedDisk(disk, options.random);
  }

  get folder(): string {
    return this.#disk.folder;
  }

  /** Begins to fill it now and then, until it is {@linkcode relieve}d. */
  torment(): void {
    this.#tormenting = this.#torment();
  }

  /** Makes room, and leaves it at that. */
  async relieve(): Promise<void> {
    this.#ended = true;
    await this.#tormenting;
  }

  /** Makes room for the moment: a server that starts needs some. */
  async makeRoom(): Promise<void> {
    await Deno.remove(this.#ballast).catch(ignoreNotFound);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.relieve();
    await this.#disk[Symbol.asyncDispose]();
  }

  get #ballast(): string {
    return join(this.folder, "ballast");
  }

  async #torment(): Promise<void> {
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    while (!this.#ended) {
      await pause(this.#random.between(200, 1500));
      await this.#fill();
      this.fills++;
      await pause(this.#random.between(500, 3000));
      await this.makeRoom();
    }
  }

  async #fill(): Promise<void> {
    using file = await Deno.open(this.#ballast, { write: true, create: true });
    const block = new Uint8Array(1024 * 1024);
    try {
      for (;;) await file.write(block);
    } catch {
      // Full, which is all that it could be.
    }
  }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
