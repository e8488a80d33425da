/**
 * File descriptors kept back for the server's own needs. When sockets have taken all that the system gives, a password could
 * not be checked any more: its worker needs some, and the runtime ends the process when it does not get them. So a few are
 * held from the start, and let go when accepting fails for the first time; from then on connections are limited.
 */

/** Workers take some ten each; files of uploads and downloads take one each. */
const KEPT_BACK = 64;

export class DescriptorReserve implements Disposable {
  readonly #held: Deno.FsFile[];

  /** Holds descriptors of a folder, which cost nothing else. */
  constructor(folder: string) {
    this.#held = Array.from({ length: KEPT_BACK }, () => Deno.openSync(folder, { read: true }));
  }

  /** Lets go of them; once is enough. */
  release(): void {
    for (const file of this.#held.splice(0)) file.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Whether something failed because the process, or the system, has no descriptor left. */
export const isOutOfDescriptors = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
