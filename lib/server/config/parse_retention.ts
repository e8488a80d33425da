/** The operator's rule of what is kept, as it is written: `all`, or `posts=100000,days=365,bytes=20G` or some of these. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Retention } from "../../chat/retention.ts";
import { parseSize } from "../../files/size.ts";

const DAY_MS = 24 * 3600_000;
const HELP = "It is all, or posts=NUMBER, days=NUMBER and bytes=SIZE, some of them, with commas between.";

export function parseRetention(text: string): Retention {
  if (text.trim() === "all") return {};
  const rule: { posts?: number; age?: number; bytes?: number } = {};
  for (const term of text.split(",")) {
    const [, key, value = ""] = /^\s*(posts|days|bytes)\s*=\s*(\S+)\s*$/.exec(term) ?? [];
    if (key === "posts") rule.posts = positive(wholeNumber(value));
    else if (key === "days") rule.age = positive(Number(value) * DAY_MS);
    else if (key === "bytes") rule.bytes = positive(parseSize(value));
    else throw new InvalidArgumentError(HELP);
  }
  return rule;
}

const wholeNumber = (text: string): number | undefined => /^\d+$/.test(text) ? Number(text) : undefined;

function positive(value: number | undefined): number {
  if (value === undefined || !(value > 0 && value <= Number.MAX_SAFE_INTEGER)) throw new InvalidArgumentError(HELP);
  return value;
}
