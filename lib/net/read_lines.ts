/** Reads lines of UTF-8 from anything that is read in chunks. */

const LINE_END = 10;

/** The source's end or a line of more than `limit` bytes ends it; the latter is thrown as a {@linkcode RangeError}. */
export async function* readLines(
  source: { read(buffer: Uint8Array): Promise<number | null> },
  { limit }: { readonly limit: number },
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16 * 1024);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let count; (count = await source.read(buffer)) !== null;) {
    let start = 0;
    for (let end; (end = buffer.subarray(0, count).indexOf(LINE_END, start)) >= 0; start = end + 1) {
      pieces.push(buffer.subarray(start, end));
      yield pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
      pieces.length = length = 0;
    }
    pieces.push(buffer.slice(start, count));
    length += count - start;
    if (length > limit) throw new RangeError(`Cannot read a line of more than ${limit} bytes`);
  }
  if (length > 0) yield pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}
