/** Sentences in the person's language, by their English: see `sentences_zh.ts`. Pure. */
import { SENTENCES_ZH } from "./sentences_zh.ts";
import type { Language } from "./texts.ts";

/** A sentence in somebody's language; what has no translation stays as it is. */
export type Say = (english: string) => string;

export const sayIn = (language: Language): Say => language === "zh" ? zh : (english) => english;

interface Pattern {
  readonly pattern: RegExp;
  readonly translation: string;
}

/** Of sentences with something in them. Made when the first one is met. */
let patterns: readonly Pattern[] | undefined;
const createPatterns = (): readonly Pattern[] =>
  Object.entries(SENTENCES_ZH).filter(([english]) => english.includes("{}")).map(([english, translation]) => {
    const parts = english.split("{}").map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    return { pattern: new RegExp(`^${parts.join("(.+?)")}$`, "s"), translation };
  });

function zh(english: string): string {
  const known = SENTENCES_ZH[english];
  if (known !== undefined) return known;
  for (const { pattern, translation } of patterns ??= createPatterns()) {
    const found = pattern.exec(english);
    if (!found) continue;
    let place = 0;
    return translation.replace(/\{\}/g, () => zh(found[++place] ?? ""));
  }
  return english;
}
