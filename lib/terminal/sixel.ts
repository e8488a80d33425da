/**
 * A picture as sixels (DEC VT340): bands of six rows, in each band every colour's pixels as characters from `?` on.
 *
 * Colours are the 216 of a cube, with ordered dithering, so that every strip of a picture has the same ones. Pixels that
 * are mostly transparent are left out, and show what stands there.
 */
import type { Picture } from "./picture.ts";

const STEPS = 6;
/** Thresholds that spread the error of rounding over 4 × 4 pixels. */
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5] as const;

export function encodeSixel({ width, height, rgba }: Picture): string {
  const colors = new Int16Array(width * height).fill(-1);
  const used = new Set<number>();
  for (let y = 0, index = 0; y < height; y++) {
    for (let x = 0; x < width; x++, index++) {
      const at = index * 4;
      if ((rgba[at + 3] ?? 0) < 128) continue;
      const threshold = ((BAYER[(y & 3) * 4 + (x & 3)] ?? 0) + 0.5) / 16;
      const step = (value = 0) => Math.min(STEPS - 1, Math.floor(value / 255 * (STEPS - 1) + threshold));
      const color = (step(rgba[at]) * STEPS + step(rgba[at + 1])) * STEPS + step(rgba[at + 2]);
      colors[index] = color;
      used.add(color);
    }
  }
  const percent = (step: number) => Math.round(step * 100 / (STEPS - 1));
  const palette = [...used].map((color) => {
    const [red, green, blue] = [Math.floor(color / STEPS ** 2), Math.floor(color / STEPS) % STEPS, color % STEPS];
    return `#${color};2;${percent(red)};${percent(green)};${percent(blue)}`;
  });
  const bands: string[] = [];
  for (let top = 0; top < height; top += 6) bands.push(band(colors, { width, top, bottom: Math.min(height, top + 6) }));
  return `\x1bP0;1q"1;1;${width};${height}${palette.join("")}${bands.join("-")}\x1b\\`;
}

function band(
  colors: Int16Array,
  { width, top, bottom }: { readonly width: number; readonly top: number; readonly bottom: number },
): string {
  const rows = new Map<number, Uint8Array>();
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < width; x++) {
      const color = colors[y * width + x] ?? -1;
      if (color < 0) continue;
      let bits = rows.get(color);
      if (bits === undefined) rows.set(color, bits = new Uint8Array(width));
      bits[x] = (bits[x] ?? 0) | 1 << (y - top);
    }
  }
  return [...rows].map(([color, bits]) => `#${color}${runs(bits)}`).join("$");
}

/** Characters, of which four and more in a row are counted. */
function runs(bits: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bits.length;) {
    let end = start + 1;
    while (end < bits.length && bits[end] === bits[start]) end++;
    const character = String.fromCharCode(63 + (bits[start] ?? 0));
    text += end - start > 3 ? `!${end - start}${character}` : character.repeat(end - start);
    start = end;
  }
  return text;
}
