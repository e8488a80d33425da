/** Reads so many bytes of a file from a place on; rejects when it ends before. */
export async function readAt(
  file: Deno.FsFile,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) {
      throw new Error(`Cannot read ${length} bytes from ${offset} on: the file ends after ${at} of them`);
    }
    at += read;
  }
  return bytes;
}
