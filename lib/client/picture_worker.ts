/// <reference lib="deno.worker" />
/** Draws pictures in a thread of its own: a large one takes seconds, and the room goes on meanwhile. */
import { decodePicture, type Undrawable } from "../terminal/picture.ts";
import { drawPicture, type PictureLines, type PictureOptions } from "../terminal/picture_lines.ts";

export interface DrawRequest extends PictureOptions {
  readonly path: string;
}

/** A picture as lines of cells, or why it cannot be drawn. */
export type Drawing =
  | {
    readonly type: "drawn";
    /** The room that it was drawn for. */
    readonly columns: number;
    readonly rows: number;
  } & PictureLines
  | { readonly type: "undrawable" } & (Undrawable | { readonly code: "failed"; readonly message: string });

self.onmessage = async ({ data }: MessageEvent<DrawRequest>) => {
  self.postMessage(await draw(data));
};

async function draw({ path, ...options }: DrawRequest): Promise<Drawing> {
  const { columns, rows } = options;
  try {
    const decoded = await decodePicture(await Deno.readFile(path));
    if (!decoded.ok) {
      const { ok: _, ...why } = decoded;
      return { type: "undrawable", ...why };
    }
    return { type: "drawn", columns, rows, ...drawPicture(decoded.picture, options) };
  } catch (error) {
    return { type: "undrawable", code: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
