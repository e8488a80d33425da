/** Pictures that others send: fetched once into the image folder, drawn, and gone from there when their post is removed. */
import { dirname, join } from "node:path";
import { cleanFileName } from "../chat/text.ts";
import type { FilePost } from "../chat/types.ts";
import type { Link } from "./link.ts";
import type { Drawing, DrawRequest } from "./picture_worker.ts";
import type { TransferOptions } from "./transfer.ts";

/** A larger one is fetched when somebody asks for it. */
export const MAX_SHOWN_BYTES = 20 * 1024 * 1024;

/** Brings a picture into the folder, unless it is there already; resolves with its path. */
export async function fetchPicture(
  link: Link,
  post: FilePost,
  options: TransferOptions & { readonly folder: string },
): Promise<string> {
  const path = picturePath(options.folder, post);
  if (await isThere(path, post.size)) return path;
  const { download } = await import("./download.ts");
  await download(link, post.id, { ...options, path: () => path });
  return path;
}

/** Removes a picture whose post was removed. Another post that has the same one fetches it again. */
export async function forgetPicture(folder: string, post: FilePost): Promise<void> {
  try {
    await Deno.remove(picturePath(folder, post));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The content's own name first: two pictures of one name do not meet, and one that was sent twice is kept once. */
const picturePath = (folder: string, { sha256, name }: FilePost): string =>
  join(folder, `${sha256.slice(0, 8)}-${cleanFileName(name)}`);

/** Draws one picture at a time, in a worker that is started for the first one. */
export class PictureDrawer implements Disposable {
  #worker: Worker | undefined;

  draw(request: DrawRequest): Promise<Drawing> {
    const worker = this.#worker ??= new Worker(new URL("./picture_worker.ts", import.meta.url), { type: "module" });
    return new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<Drawing>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#worker = undefined;
        resolve({ type: "undrawable", code: "failed", message: event.message });
      };
      worker.postMessage(request);
    });
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate();
  }
}

async function isThere(path: string, size: number): Promise<boolean> {
  try {
    return (await Deno.stat(path)).size === size;
  } catch {
    return false;
  }
}

let found: Promise<string> | undefined;

/** Where pictures are kept: `image/` beside the executable, or the person's own folder where that cannot be written. */
export const imageFolder = (): Promise<string> => found ??= findImageFolder();

async function findImageFolder(): Promise<string> {
  const home = Deno.env.get("HOME") ?? Deno.cwd();
  const own = join(Deno.env.get("XDG_DATA_HOME") ?? join(home, ".local", "share"), "chat", "image");
  const beside = Deno.build.standalone
    ? join(dirname(Deno.execPath()), "image")
    : join(Deno.cwd(), ".data", "chat", "image");
  for (const folder of [beside, own]) {
    try {
      await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
      const probe = await Deno.makeTempFile({ dir: folder, prefix: ".probe" });
      await Deno.remove(probe);
      return folder;
    } catch {
      // Not ours to write to: the next one.
    }
  }
  throw new Error(`Cannot keep pictures: neither ${beside} nor ${own} can be written to.`);
}
