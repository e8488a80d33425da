/**
 * Many posts in few statements.
 *
 * A statement is prepared for its number of rows, and each number is another statement to the server. So rows go in powers
 * of two: all batches together need seven statements, and a batch of a hundred takes three of them.
 */
import type { Post, RoomId } from "../chat/types.ts";
import type { MysqlSession } from "./mysql_session.ts";
import { POST_COLUMNS, postOf, type PostRow, postValues } from "./post_row.ts";

/** A power of two. */
const MAX_ROWS = 64;
/** UTF-16 units of text in one statement: at most 768 KiB of UTF-8, under the smallest usual `max_allowed_packet` of 1 MiB. */
const MAX_TEXT = 256 * 1024;

const ROW = `(${POST_COLUMNS.map(() => "?").join(", ")})`;

export async function insertPosts(session: MysqlSession, room: RoomId, posts: readonly Post[]): Promise<void> {
  for (let start = 0; start < posts.length;) {
    const rows = posts.slice(start, start + batch(posts, start)).map((post) => postValues(room, post));
    const sql = `INSERT INTO chat_post (${POST_COLUMNS.join(", ")}) VALUES ${rows.map(() => ROW).join(", ")}`;
    await session.run(sql, rows.flat());
    start += rows.length;
  }
}

/** The posts that have these ids, in any room. */
export async function postsById(session: MysqlSession, ids: readonly string[]): Promise<readonly [string, Post][]> {
  const found: [string, Post][] = [];
  for (let start = 0; start < ids.length; start += MAX_ROWS) {
    const some = ids.slice(start, start + MAX_ROWS);
    const marks = Array<string>(powerOfTwo(some.length * 2 - 1)).fill("?");
    // The last one again fills the places that are left.
    const values = marks.map((_, index) => some[Math.min(index, some.length - 1)] ?? "");
    const rows = await session.rows(`SELECT * FROM chat_post WHERE id IN (${marks.join(", ")})`, values);
    for (const row of rows) {
      const post = postOf(row as unknown as PostRow);
      found.push([post.id, post]);
    }
  }
  return found;
}

/** How many posts from `start` on go into one statement; one at least, however long it is. */
function batch(posts: readonly Post[], start: number): number {
  const end = Math.min(start + MAX_ROWS, posts.length);
  let count = 0;
  for (let text = 0; start + count < end; count++) {
    const post = posts[start + count];
    text += post?.type === "post" ? post.text.length : 0;
    if (text > MAX_TEXT) break;
  }
  return powerOfTwo(Math.max(1, count));
}

/** The greatest power of two that is not greater than `n`. */
const powerOfTwo = (n: number): number => 2 ** Math.floor(Math.log2(n));
