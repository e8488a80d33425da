import type { Picture } from "./picture.ts";

/** A picture of another size, each pixel the average of those that it stands for, weighted by how opaque they are. */
export function scale(
  { width, height, rgba }: Picture,
  size: { readonly width: number; readonly height: number },
): Picture {
  const scaled = new Uint8Array(size.width * size.height * 4);
  const share = (index: number, from: number, to: number): readonly [number, number] => {
    const start = Math.min(from - 1, Math.floor(index * from / to));
    return [start, Math.min(from, Math.max(start + 1, Math.floor((index + 1) * from / to)))];
  };
  const columns = Array.from({ length: size.width }, (_, x) => share(x, width, size.width));
  for (let y = 0, out = 0; y < size.height; y++) {
    const [top, bottom] = share(y, height, size.height);
    for (const [left, right] of columns) {
      let red = 0, green = 0, blue = 0, alpha = 0;
      for (let row = top; row < bottom; row++) {
        const end = (row * width + right) * 4;
        for (let at = (row * width + left) * 4; at < end; at += 4) {
          const weight = rgba[at + 3] ?? 0;
          red += (rgba[at] ?? 0) * weight;
          green += (rgba[at + 1] ?? 0) * weight;
          blue += (rgba[at + 2] ?? 0) * weight;
          alpha += weight;
        }
      }
      if (alpha > 0) scaled.set([red / alpha, green / alpha, blue / alpha].map(Math.round), out);
      scaled[out + 3] = Math.round(alpha / ((right - left) * (bottom - top)));
      out += 4;
    }
  }
  return { ...size, rgba: scaled };
}
