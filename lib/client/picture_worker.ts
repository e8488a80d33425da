/// <reference lib="deno.worker" />
/** Draws pictures in a thread of its own: a large one takes seconds, and the room goes on meanwhile. */
import { type HalfBlockOptions, renderHalfBlocks } from "../terminal/half_blocks.ts";
import { decodePicture } from "../terminal/picture.ts";

export interface DrawRequest extends HalfBlockOptions {
  readonly path: string;
}

/** A picture as lines of cells, or why it cannot be drawn. */
export type Drawing =
  | {
    readonly type: "drawn";
    readonly lines: readonly string[];
    /** The room that it was drawn for. */
    readonly columns: number;
    readonly rows: number;
  }
  | { readonly type: "undrawable"; readonly reason: string };

self.onmessage = async ({ data }: MessageEvent<DrawRequest>) => {
  self.postMessage(await draw(data));
};

async function draw({ path, ...options }: DrawRequest): Promise<Drawing> {
  const { columns, rows } = options;
  try {
    const decoded = await decodePicture(await Deno.readFile(path));
    if (!decoded.ok) return { type: "undrawable", reason: decoded.reason };
    return { type: "drawn", lines: renderHalfBlocks(decoded.picture, options), columns, rows };
  } catch (error) {
    return { type: "undrawable", reason: error instanceof Error ? error.message : String(error) };
  }
}
