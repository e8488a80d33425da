/**
 * What a terminal can draw, by asking it. The questions go out together and end with one that every terminal answers, so
 * that its answer says that there will be no others; whoever asks sets a limit to the waiting as well.
 *
 * Asked are: the size of a cell in pixels (xterm's CSI 16 t), the background (OSC 11), the name (XTVERSION), kitty's
 * graphics (a query that stores nothing), and last the primary device attributes, of which 4 means sixel.
 */
import type { Rgb } from "./half_blocks.ts";

export const QUESTIONS = "\x1b[16t\x1b]11;?\x1b\\\x1b[>0q\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";

/** Has kitty forget the pictures that it was sent. */
export const FORGET_PICTURES = "\x1b_Ga=d,d=A,q=2\x1b\\";

/** Measured in pixels. */
export interface Cell {
  readonly width: number;
  readonly height: number;
}

export interface Capabilities {
  readonly cell?: Cell;
  readonly background?: Rgb;
  readonly name?: string;
  readonly kitty?: true;
  readonly sixel?: boolean;
  /** All that will be answered has been. */
  readonly complete?: true;
}

/** What is known after another answer, as {@linkcode KeyDecoder} hands it out. What makes no sense changes nothing. */
export function learn(known: Capabilities, reply: string): Capabilities {
  const [, attributes] = /^\[\?([\d;]*)c$/.exec(reply) ?? [];
  if (attributes !== undefined) {
    return { ...known, sixel: attributes.split(";").slice(1).includes("4"), complete: true };
  }
  const [, height, width] = /^\[6;(\d{1,3});(\d{1,3})t$/.exec(reply) ?? [];
  if (Number(width) > 1 && Number(height) > 1) {
    return { ...known, cell: { width: Number(width), height: Number(height) } };
  }
  const [, name] = /^P>\|([\x20-\x7e]{1,60})/.exec(reply) ?? [];
  if (name !== undefined) return { ...known, name };
  if (/^_Gi=31;OK/.test(reply)) return { ...known, kitty: true };
  const [, red, green, blue] = /^\]11;rgb:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(reply) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return known;
  return { ...known, background: [channel(red), channel(green), channel(blue)] };
}

/** One to four hexadecimal digits, of which all F is the most. */
const channel = (hex: string): number => Math.round(parseInt(hex, 16) / (16 ** hex.length - 1) * 255);

export const isLight = ([red, green, blue]: Rgb): boolean => 0.3 * red + 0.6 * green + 0.1 * blue > 128;

/** How pictures are drawn. `kitty` means its Unicode placeholders, which are text. */
export type Graphics = "kitty" | "iterm2" | "sixel" | "blocks";

/** What serves best. Inside of tmux and screen only text is known to stay where it is. */
export function bestGraphics(known: Capabilities, env: (name: string) => string | undefined): Graphics {
  if (env("TMUX") || /^(tmux|screen)/.test(env("TERM") ?? "")) return "blocks";
  const name = known.name ?? "";
  if (known.kitty && /^(kitty|ghostty)/i.test(name)) return "kitty";
  if (/^(iTerm2|WezTerm)/.test(name) || env("TERM_PROGRAM") === "iTerm.app") return "iterm2";
  // Without the size of a cell a strip of pixels would not fit its row.
  return known.sixel && known.cell ? "sixel" : "blocks";
}
