/**
 * Pictures in character cells: ▀ shows two pixels, one above the other, as its foreground and its background. A cell is
 * about twice as high as wide, so these pixels are square.
 */
import type { ColorLevel } from "./style.ts";
import type { Picture } from "./picture.ts";

export type Rgb = readonly [red: number, green: number, blue: number];

export interface HalfBlockOptions {
  /** The room that there is. The picture keeps its proportions, and is never enlarged. */
  readonly columns: number;
  readonly rows: number;
  /** Below 256 colours the picture is drawn in shades. */
  readonly level: ColorLevel;
  /** The terminal's background, if it is known: what is half transparent is mixed with it, instead of being all or nothing. */
  readonly background?: Rgb;
}

/** A picture as lines, of one column a pixel and one row for two. */
export function renderHalfBlocks(picture: Picture, options: HalfBlockOptions): readonly string[] {
  const size = fit(picture, options.columns, options.rows * 2);
  const pixels = shrink(picture, size, options.background);
  const draw = options.level === "truecolor" ? trueColor : options.level === "256" ? color256 : undefined;
  const lines: string[] = [];
  for (let y = 0; y < size.height; y += 2) {
    const top = pixels.slice(y * size.width, (y + 1) * size.width);
    const bottom = pixels.slice((y + 1) * size.width, (y + 2) * size.width);
    lines.push(draw === undefined ? shadeLine(top, bottom) : colorLine(top, bottom, draw));
  }
  return lines;
}

interface PixelSize {
  readonly width: number;
  readonly height: number;
}

function fit({ width, height }: PixelSize, maxWidth: number, maxHeight: number): PixelSize {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A pixel that is seen, or undefined where the terminal's background is. */
type Pixel = Rgb | undefined;

/** Each pixel becomes the average of those that it stands for, weighted by how opaque they are. */
function shrink(picture: Picture, size: PixelSize, background: Rgb | undefined): readonly Pixel[] {
  const pixels: Pixel[] = [];
  for (let y = 0; y < size.height; y++) {
    const [top, bottom] = share(y, picture.height, size.height);
    for (let x = 0; x < size.width; x++) {
      const [left, right] = share(x, picture.width, size.width);
      pixels.push(average(picture, { left, top, right, bottom }, background));
    }
  }
  return pixels;
}

/** Which of `from` pixels the one at `index` of `to` stands for. */
function share(index: number, from: number, to: number): readonly [number, number] {
  const start = Math.floor(index * from / to);
  return [start, Math.max(start + 1, Math.floor((index + 1) * from / to))];
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function average({ width, rgba }: Picture, { left, top, right, bottom }: Box, background: Rgb | undefined): Pixel {
  let red = 0;
  let green = 0;
  let blue = 0;
  let alpha = 0;
  for (let y = top; y < bottom; y++) {
    const end = (y * width + right) * 4;
    for (let at = (y * width + left) * 4; at < end; at += 4) {
      const weight = rgba[at + 3] ?? 0;
      red += (rgba[at] ?? 0) * weight;
      green += (rgba[at + 1] ?? 0) * weight;
      blue += (rgba[at + 2] ?? 0) * weight;
      alpha += weight;
    }
  }
  const opacity = alpha / (255 * (right - left) * (bottom - top));
  if (opacity < (background === undefined ? 0.5 : 0.02)) return undefined;
  const color = [red / alpha, green / alpha, blue / alpha] as const;
  const mixed = background === undefined ? color : mix(color, background, opacity);
  return [Math.round(mixed[0]), Math.round(mixed[1]), Math.round(mixed[2])];
}

function mix(front: Rgb, back: Rgb, opacity: number): Rgb {
  const channel = (index: 0 | 1 | 2) => front[index] * opacity + back[index] * (1 - opacity);
  return [channel(0), channel(1), channel(2)];
}

const trueColor = ([red, green, blue]: Rgb) => `2;${red};${green};${blue}`;
const color256 = (color: Rgb) => `5;${nearest256(color)}`;

function colorLine(top: readonly Pixel[], bottom: readonly Pixel[], draw: (color: Rgb) => string): string {
  let line = "";
  let foreground = "39";
  let background = "49";
  top.forEach((upper, index) => {
    const lower = bottom[index];
    // Where only the lower half is seen it is the foreground of ▄, since a foreground cannot be transparent.
    const ink = upper ?? lower;
    const paper = upper && lower;
    const wantedForeground = ink === undefined ? foreground : `38;${draw(ink)}`;
    const wantedBackground = paper === undefined ? "49" : `48;${draw(paper)}`;
    const changes = [
      ...(wantedForeground === foreground ? [] : [wantedForeground]),
      ...(wantedBackground === background ? [] : [wantedBackground]),
    ];
    if (changes.length > 0) line += `\x1b[${changes.join(";")}m`;
    foreground = wantedForeground;
    background = wantedBackground;
    line += ink === undefined ? " " : upper === undefined ? "▄" : "▀";
  });
  return `${line}\x1b[0m`;
}

const CUBE = [0, 95, 135, 175, 215, 255] as const;

/** The nearest of the 6 × 6 × 6 colours from 16 and the 24 greys from 232, whose values are the same everywhere. */
function nearest256([red, green, blue]: Rgb): number {
  const step = (value: number) => value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
  const [r, g, b] = [step(red), step(green), step(blue)];
  const grey = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const distance = (x: number, y: number, z: number) => (x - red) ** 2 + (y - green) ** 2 + (z - blue) ** 2;
  const level = 8 + 10 * grey;
  const inCube = distance(CUBE[r] ?? 0, CUBE[g] ?? 0, CUBE[b] ?? 0);
  return distance(level, level, level) < inCube ? 232 + grey : 16 + 36 * r + 6 * g + b;
}

const SHADES = " ░▒▓█";

/** Without colours, light becomes ink: most terminals that have none are dark. */
function shadeLine(top: readonly Pixel[], bottom: readonly Pixel[]): string {
  const light = (pixel: Pixel) => pixel === undefined ? 0 : (0.3 * pixel[0] + 0.6 * pixel[1] + 0.1 * pixel[2]) / 255;
  return top.map((pixel, index) => {
    const mean = (light(pixel) + light(bottom[index])) / 2;
    return SHADES[Math.round(mean * (SHADES.length - 1))] ?? " ";
  }).join("").trimEnd();
}
