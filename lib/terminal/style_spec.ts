/**
 * Styles as people write them: `bold red`, `#ffcc00 on black`, `underline 33`. Words in any order; `on` stands before the
 * background. Colours are the eight names with or without `bright-`, a number of the 256, or `#rrggbb`.
 */
import type { ColorLevel, Style } from "./style.ts";

const WEIGHTS: Readonly<Record<string, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  inverse: [7, 27],
};
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** The style, or undefined when it is none. Without colours it is plain, and weights go with the colours. */
export function parseStyle(spec: string, level: ColorLevel): Style | undefined {
  const open: string[] = [];
  const close = new Set<number>();
  let ground: "38" | "48" = "38";
  for (const word of spec.toLowerCase().split(/\s+/).filter((word) => word !== "" && word !== "plain")) {
    const weight = WEIGHTS[word];
    if (word === "on") ground = "48";
    else if (weight) {
      open.push(String(weight[0]));
      close.add(weight[1]);
    } else {
      const color = parseColor(word, ground);
      if (color === undefined) return undefined;
      open.push(color);
      close.add(ground === "38" ? 39 : 49);
    }
  }
  if (level === "none" || open.length === 0) return (text) => text;
  const [begin, end] = [`\x1b[${open.join(";")}m`, `\x1b[${[...close].join(";")}m`];
  return (text) => text === "" ? "" : begin + text + end;
}

function parseColor(word: string, ground: "38" | "48"): string | undefined {
  const [, bright, name = ""] = /^(bright-)?([a-z]+)$/.exec(word) ?? [];
  const index = NAMES.indexOf(name);
  if (index >= 0) return String((ground === "38" ? 30 : 40) + (bright ? 60 : 0) + index);
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(word) ?? [];
  if (red !== undefined) return `${ground};2;${[red, green, blue].map((hex) => parseInt(hex ?? "0", 16)).join(";")}`;
  return /^\d{1,3}$/.test(word) && Number(word) < 256 ? `${ground};5;${Number(word)}` : undefined;
}
