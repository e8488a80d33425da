/**
 * What divides text into what a reader calls characters, and into words. The first one is made when it is needed: that
 * costs up to 40 ms, and a screen of simple text needs none (see `isSimple` in `text.ts`).
 */
const made = new Map<"grapheme" | "word", Intl.Segmenter>();

export function segmenter(granularity: "grapheme" | "word"): Intl.Segmenter {
  const known = made.get(granularity);
  if (known) return known;
  const segmenter = new Intl.Segmenter(undefined, { granularity });
  made.set(granularity, segmenter);
  return segmenter;
}
