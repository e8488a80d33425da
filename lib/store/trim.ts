/** What a trim removes: the same in both databases, whatever they are asked beforehand. */
import { countExpired, type Kept, type RoomSize } from "../chat/retention.ts";
import type { TrimResult, TrimRule } from "./store.ts";

/** Posts that one call looks at. */
export const TRIM_POSTS = 500;

/** One of a room's oldest posts, as {@linkcode selectOldest} reads it. */
export interface OldestRow extends Kept {
  /** 1 for a file, 0 for a text. */
  readonly is_file: number;
}

export interface TrimPlan {
  /** The posts up to this number go; nothing when all stay. */
  readonly last: number | undefined;
  /** Bytes that they have together. */
  readonly bytes: number;
  readonly result: TrimResult;
}

/** Plans a trim; `oldest` is what there is, but no more than {@linkcode TRIM_POSTS}. */
export function planTrim(oldest: readonly OldestRow[], size: RoomSize, rule: TrimRule): TrimPlan {
  const gone = oldest.slice(0, countExpired(oldest, size, rule));
  const last = gone.at(-1)?.seq;
  return {
    last,
    bytes: gone.reduce((sum, post) => sum + post.bytes, 0),
    result: {
      removed: gone.length,
      files: gone.filter((post) => post.is_file === 1).length,
      first: last === undefined ? oldest[0]?.seq ?? size.head + 1 : last + 1,
      more: gone.length === TRIM_POSTS,
    },
  };
}
