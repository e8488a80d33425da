/** Looking through the texts themselves, the latest first and a part at a time: the same in both databases. */
import type { Post } from "../chat/types.ts";
import type { SearchQuery, SearchResult } from "./store.ts";

/** Posts that one call looks through. */
const SCANNED_POSTS = 20_000;

/** The numbers to look through for a query, `end` being the last one that need not be. */
export function scanRange({ before }: SearchQuery, end: number): { readonly from: number; readonly before: number } {
  return { from: Math.max(end + 1, before - SCANNED_POSTS), before };
}

/** What one call found, given latest first, and where the next one goes on: nowhere once `next` is nothing. */
export function searchResult(found: readonly Post[], next: number | undefined): SearchResult {
  const posts = found.toReversed();
  return next === undefined ? { posts } : { posts, before: next };
}

/** A pattern for LIKE that finds a text anywhere, with backslash as the escape. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
