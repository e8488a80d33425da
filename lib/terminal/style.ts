/**
 * Colours and weights, as far as the terminal has them and its user wants them.
 *
 * The names of people get colours that stay the same from run to run and can be read on dark and on light backgrounds,
 * since a terminal does not say which one it has.
 */

/** How many colours there are, from none to 16 million. */
export type ColorLevel = "none" | "16" | "256" | "truecolor";

export interface ColorConditions {
  /** Looks up an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Whether the output goes to a terminal. */
  readonly isTerminal: boolean;
}

/** Decides by NO_COLOR (https://no-color.org), TERM and COLORTERM, in that order of strength. */
export function detectColorLevel({ env, isTerminal }: ColorConditions): ColorLevel {
  const term = env("TERM") ?? "";
  if (!isTerminal || env("NO_COLOR") || term === "" || term === "dumb") return "none";
  if (/^(truecolor|24bit)$/i.test(env("COLORTERM") ?? "") || term.endsWith("-direct")) return "truecolor";
  return /256(color)?$/.test(term) ? "256" : "16";
}

/** Puts styling around a text, or returns it as it is where there are no colours. */
export type Style = (text: string) => string;

/** The styles of a colour level. They nest, as long as the same kind (weight, colour) is not nested in itself. */
export interface Styles {
  readonly level: ColorLevel;
  readonly bold: Style;
  readonly dim: Style;
  readonly underline: Style;
  readonly inverse: Style;
  readonly red: Style;
  readonly yellow: Style;
  readonly cyan: Style;
  /** The colour that belongs to a name, or to whatever identifies somebody. */
  readonly named: (name: string) => Style;
}

/**
 * Of the 256 colours those that have at least 3.7 : 1 contrast against both black and white, spread over the hues. Their
 * values are the same in every terminal, unlike those of the first 16.
 */
const NAME_COLORS_256 = [28, 30, 32, 63, 64, 67, 97, 99, 100, 130, 132, 134, 161, 163, 166, 129] as const;
/** Blue and yellow are missing: one of them cannot be read on black, the other on white. */
const NAME_COLORS_16 = [31, 32, 35, 36] as const;

export function createStyles(level: ColorLevel): Styles {
  const sgr = (open: string | number, close: number): Style =>
    level === "none" ? (text) => text : (text) => text === "" ? "" : `\x1b[${open}m${text}\x1b[${close}m`;
  const palette = level === "16"
    ? NAME_COLORS_16.map((code) => sgr(code, 39))
    : NAME_COLORS_256.map((index) => sgr(`38;5;${index}`, 39));
  const plain: Style = (text) => text;
  return {
    level,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    underline: sgr(4, 24),
    inverse: sgr(7, 27),
    red: sgr(31, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39),
    named: (name) => palette[hash(name) % palette.length] ?? plain,
  };
}

/** FNV-1a, mixed once more because the low bits, which choose the colour, differ little for "1001" and "1002". */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

// deno-lint-ignore no-control-regex -- styling begins with a control character.
const STYLING = /\x1b\[[0-9;:]*m/g;

/** The text without styling. */
export function stripStyle(text: string): string {
  return text.includes("\x1b") ? text.replace(STYLING, "") : text;
}
