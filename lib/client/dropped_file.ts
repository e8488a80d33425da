/** Whether a pasted text names a file, as a file manager drops one into a terminal. */
import { imageMedia, MEDIA_PREFIX_BYTES } from "../files/media.ts";
import { expandHome } from "./local_paths.ts";
import { unquote } from "./slash.ts";

/** Its path, and whether it is a picture; nothing when it is no file after all. */
export async function droppedFile(
  text: string,
): Promise<{ readonly path: string; readonly image: boolean } | undefined> {
  const path = unquote(text.trim());
  try {
    using file = await Deno.open(expandHome(path));
    if (!(await file.stat()).isFile) return undefined;
    const prefix = new Uint8Array(MEDIA_PREFIX_BYTES);
    const length = await file.read(prefix) ?? 0;
    return { path, image: imageMedia(prefix.subarray(0, length)) !== undefined };
  } catch {
    return undefined;
  }
}
