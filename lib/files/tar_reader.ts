/** Reads a tar archive from its beginning to its end, file by file. What stands in it is checked by whoever reads it. */
import { createTarDecoder } from "modern-tar";

export interface TarEntry {
  /** As it stands there, which is no path to write to. */
  readonly name: string;
  /** Whether it is a file, and no link, folder or device. */
  readonly isFile: boolean;
  readonly size: number;
  /** Its bytes; what is left of them when the next entry is asked for is passed over. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Rejects with the system's reason when the file cannot be read, and with a sentence when it is no whole archive. */
export async function* readTar(path: string): AsyncGenerator<TarEntry> {
  const file = await Deno.open(path, { read: true });
  // Piping takes the file over and closes it, however it ends.
  const reader = file.readable.pipeThrough(createTarDecoder({ strict: true })).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const { header, body } = value;
      yield {
        name: header.name,
        isFile: (header.type ?? "file") === "file",
        size: header.size,
        chunks: body.values({ preventCancel: true }),
      };
      if (!body.locked) await body.cancel();
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
