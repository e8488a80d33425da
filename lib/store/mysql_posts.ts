/**
 * Many posts in few statements.
 *
 * A statement is prepared for its number of rows, and each number is another statement to the server. So rows go in powers
 * of two: all batches together need seven statements, and a batch of a hundred takes three of them.
 */
import type { Post, RoomId } from "../chat/types.ts";
import type { MysqlSession } from "./mysql_session.ts";
import { PageReader } from "./page_reader.ts";
import { insertPosts, postQueries, SEARCHED } from "./queries.ts";
import { postOf, type PostRow, postValues } from "./rows.ts";
import { likePattern, scanRange, searchResult } from "./scan.ts";
import type { PostRange, SearchQuery, SearchResult } from "./store.ts";

/** A power of two. */
const MAX_ROWS = 64;
/** UTF-16 units of text in one statement: at most 768 KiB of UTF-8, under the smallest usual `max_allowed_packet` of 1 MiB. */
const MAX_TEXT = 256 * 1024;

const POSTS = postQueries("text");
const SELECT_BOUNDS = "SELECT MIN(seq) AS first, MAX(seq) AS last FROM chat_post WHERE room = ?";

export async function storePosts(session: MysqlSession, room: RoomId, posts: readonly Post[]): Promise<void> {
  for (let start = 0; start < posts.length;) {
    const rows = posts.slice(start, start + rowsThatFit(posts, start)).map((post) => postValues(room, post));
    await session.run(insertPosts(rows.length), rows.flat());
    start += rows.length;
  }
}

/** Posts in a range, oldest first. */
export async function postsIn(session: MysqlSession, room: RoomId, range: PostRange): Promise<readonly Post[]> {
  const page = new PageReader(range);
  const sql = page.forward ? POSTS.after : POSTS.before;
  for (let next = page.next(); next; next = page.next()) {
    const rows = await session.rows<PostRow>(sql, [room, next.bound, limitValue(next.count)]);
    page.add(rows.map(postOf), next.count);
  }
  return page.posts();
}

const SELECT_MATCHING = POSTS.matching(`LOWER(${SEARCHED}) LIKE ?`);

/** Looks through a part of a room. */
export async function searchIn(session: MysqlSession, room: RoomId, query: SearchQuery): Promise<SearchResult> {
  const [kept] = await session.rows<{ first: number | null; last: number | null }>(SELECT_BOUNDS, [room]);
  const first = kept?.first ?? 1, last = kept?.last ?? 0;
  const { from, before } = scanRange({ ...query, before: Math.min(query.before, last + 1) }, first - 1);
  const pattern = likePattern(query.text.toLowerCase());
  const rows = await session.rows<PostRow>(SELECT_MATCHING, [room, from, before, pattern, limitValue(query.limit)]);
  const next = rows.length === query.limit ? rows.at(-1)?.seq : from;
  return searchResult(rows.map(postOf), next !== undefined && next > first ? next : undefined);
}

/** The posts that have these ids, in whatever room. */
export async function postsById(
  session: MysqlSession,
  ids: readonly string[],
): Promise<readonly { readonly room: RoomId; readonly post: Post }[]> {
  const found: PostRow[] = [];
  for (let start = 0; start < ids.length; start += MAX_ROWS) {
    const some = ids.slice(start, start + MAX_ROWS);
    // The last one again fills the places that are left.
    const filled = Array.from({ length: nextPower(some.length) }, (_, index) => some[index] ?? some.at(-1) ?? "");
    found.push(...await session.rows<PostRow>(POSTS.byId(filled.length), filled));
  }
  return found.map((row) => ({ room: row.room, post: postOf(row) }));
}

// The library sends numbers as floating point, which MySQL refuses in this one place.
const limitValue = (limit: number): string => String(limit);

/** How many posts from `start` on go into one statement; one at least, however long it is. */
function rowsThatFit(posts: readonly Post[], start: number): number {
  let count = 0;
  let text = 0;
  for (const post of posts.slice(start, start + MAX_ROWS)) {
    text += post.type === "post" ? post.text.length : 0;
    if (text > MAX_TEXT) break;
    count++;
  }
  return 2 ** Math.floor(Math.log2(Math.max(1, count)));
}

const nextPower = (n: number): number => 2 ** Math.ceil(Math.log2(n));
