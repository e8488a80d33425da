/** What the room says to its person, in their language. */
import { en } from "./texts_en.ts";
import { zh } from "./texts_zh.ts";

export type Texts = typeof en;
export type Language = "en" | "zh";
export const LANGUAGES = ["en", "zh"] as const;

export const textsOf = (language: Language): Texts => language === "zh" ? zh : en;

/** The language that the environment asks for, in the order in which POSIX looks. */
export function detectLanguage(env: (name: string) => string | undefined): Language {
  const locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(env).find((value) => value) ?? "";
  return /^zh/i.test(locale) ? "zh" : "en";
}
