/** Reads a file from where it stands to its end. Each piece is a view that holds until the next one is asked for. */
export async function* readChunks(file: Deno.FsFile, bytes = 256 * 1024): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(bytes);
  for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
    yield buffer.subarray(0, read);
  }
}
