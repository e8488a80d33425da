import { extname } from "node:path";

/** The path itself when nothing is there, else the first of `name (2).png`, `name (3).png` … that is free. */
export function freePath(path: string): string {
  const ending = extname(path);
  const stem = path.slice(0, path.length - ending.length);
  for (let number = 1;; number++) {
    const candidate = number === 1 ? path : `${stem} (${number})${ending}`;
    try {
      Deno.lstatSync(candidate);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return candidate;
      throw error;
    }
  }
}
