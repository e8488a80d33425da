/**
 * Searching in the embedded database: an index of every three characters in a row, which finds any longer piece of a text in any
 * script, and looking through the texts themselves for what is shorter or not in the index yet.
 *
 * The index is filled behind the posts, for two milliseconds at a time, so that it costs them nothing: up to a room's `indexed` number it
 * is complete. An index entry's row is the room's number times 2^40 and the post's sequence number. It keeps no text: what it
 * finds has all the triples of what was looked for, and the post itself tells whether in that order.
 */
import type { SupportedValueType } from "node:sqlite";
import { isFile, type Post, type RoomId } from "../chat/types.ts";
import { postQueries, SEARCHED, SELECT_FIRST } from "./queries.ts";
import { postOf, type PostRow } from "./rows.ts";
import { likePattern, scanRange, searchResult } from "./scan.ts";
import type { SearchQuery, SearchResult } from "./store.ts";

/** What the index needs of the database. */
export interface Statements {
  run(sql: string, ...values: SupportedValueType[]): void;
  all<Row>(sql: string, ...values: SupportedValueType[]): Row[];
}

/** How long one call brings posts into the index, in milliseconds, and how many at most: whatever else is asked waits for it. */
const INDEXING_MS = 2;
const INDEXED_POSTS = 50;
/** Posts that one call takes out of the index's answers to look at. */
const CANDIDATES = 200;
/** Triples of a long text that are looked for; the post itself tells the rest. */
const MAX_TRIPLES = 32;
const ROOM_ROWS = 2 ** 40;

// As bytes, since node:sqlite reads a string only up to its first NUL.
const POSTS = postQueries("CAST(text AS BLOB) AS text");
const SELECT_ROOM = "SELECT room, number, head, indexed FROM chat_room WHERE room = ?";
const SELECT_UNFINISHED = "SELECT room, number, head, indexed FROM chat_room WHERE indexed < head LIMIT 1";
const SELECT_NEXT = `SELECT seq, CAST(COALESCE(${SEARCHED}, '') AS BLOB) AS body FROM chat_post
  WHERE room = ? AND seq > ? ORDER BY seq LIMIT ${INDEXED_POSTS}`;
const SELECT_CANDIDATES = `SELECT rowid FROM chat_search WHERE chat_search MATCH ? AND rowid > ? AND rowid < ?
  ORDER BY rowid DESC LIMIT ${CANDIDATES}`;

interface RoomRow {
  readonly room: RoomId;
  readonly number: number;
  readonly head: number;
  readonly indexed: number;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export class SearchIndex {
  readonly #db: Statements;

  constructor(statements: Statements) {
    this.#db = statements;
  }

  /** Takes some more posts in; whether there are others. */
  extend(): boolean {
    const [room] = this.#db.all<RoomRow>(SELECT_UNFINISHED);
    if (!room) return false;
    const next = this.#db.all<{ readonly seq: number; readonly body: Uint8Array }>(
      SELECT_NEXT,
      room.room,
      room.indexed,
    );
    const end = performance.now() + INDEXING_MS;
    let indexed = room.head;
    for (const { seq, body } of next) {
      this.#db.run("INSERT INTO chat_search (rowid, body) VALUES (?, ?)", rowOf(room, seq), utf8.decode(body));
      indexed = seq;
      if (performance.now() > end) break;
    }
    this.#setIndexed(room.room, indexed);
    return true;
  }

  /** Forgets the posts up to a number, which are gone. */
  forget(name: RoomId, last: number): void {
    const [room] = this.#db.all<RoomRow>(SELECT_ROOM, name);
    if (!room) return;
    this.#db.run("DELETE FROM chat_search WHERE rowid > ? AND rowid <= ?", rowOf(room, 0), rowOf(room, last));
    if (room.indexed < last) this.#setIndexed(name, last);
  }

  /** Forgets one post, whose content is gone. */
  forgetOne(name: RoomId, seq: number): void {
    const [room] = this.#db.all<RoomRow>(SELECT_ROOM, name);
    if (room && seq <= room.indexed) this.#db.run("DELETE FROM chat_search WHERE rowid = ?", rowOf(room, seq));
  }

  search(name: RoomId, asked: SearchQuery): SearchResult {
    const [room] = this.#db.all<RoomRow>(SELECT_ROOM, name);
    if (!room) return { posts: [] };
    const query = { ...asked, before: Math.min(asked.before, room.head + 1) };
    const triples = triplesOf(query.text);
    if (triples.length === 0) return this.#lookThrough(room, query, 0);
    return query.before > room.indexed + 1
      ? this.#lookThrough(room, query, room.indexed)
      : this.#lookUp(room, query, triples);
  }

  #lookUp(room: RoomRow, query: SearchQuery, triples: readonly string[]): SearchResult {
    const match = triples.map((triple) => `"${triple.replaceAll('"', '""')}"`).join(" AND ");
    const rows = this.#db.all<{ readonly rowid: number }>(
      SELECT_CANDIDATES,
      match,
      rowOf(room, 0),
      rowOf(room, query.before),
    );
    const seqs = rows.map(({ rowid }) => rowid - rowOf(room, 0));
    const posts = this.#posts(room.room, seqs).filter((post) => contains(post, query.text));
    const found = posts.slice(0, query.limit);
    const last = found.length < posts.length ? found.at(-1)?.seq : rows.length === CANDIDATES ? seqs.at(-1) : undefined;
    return searchResult(found, last);
  }

  /** Looks through the texts after `end`; the index, or nothing, is left to be asked about those up to it. */
  #lookThrough({ room }: RoomRow, query: SearchQuery, end: number): SearchResult {
    const { text, limit } = query;
    const { from, before } = scanRange(query, end);
    const first = this.#db.all<{ readonly first: number | null }>(SELECT_FIRST, room)[0]?.first ?? before;
    // LIKE knows the case of ASCII letters only.
    const patterns = [...new Set([text, text.toLowerCase(), text.toUpperCase()])].map(likePattern);
    const condition = patterns.map(() => `${SEARCHED} LIKE ? ESCAPE '\\'`).join(" OR ");
    const rows = this.#db.all<PostRow>(POSTS.matching(condition), room, from, before, ...patterns, limit);
    return searchResult(rows.map(postOf), rows.length === limit ? rows.at(-1)?.seq : from > first ? from : undefined);
  }

  /** Posts by their numbers, the latest first. */
  #posts(room: RoomId, seqs: readonly number[]): Post[] {
    if (seqs.length === 0) return [];
    const rows = this.#db.all<PostRow>(POSTS.bySeq(seqs.length), room, ...seqs);
    return rows.map(postOf).toSorted((a, b) => b.seq - a.seq);
  }

  #setIndexed(room: RoomId, seq: number): void {
    this.#db.run("UPDATE chat_room SET indexed = ? WHERE room = ?", seq, room);
  }
}

const rowOf = ({ number }: Pick<RoomRow, "number">, seq: number): number => number * ROOM_ROWS + seq;

/** The first pieces of three characters in a text; none in a shorter one. */
function triplesOf(text: string): string[] {
  const characters = [...text];
  const triples = characters.slice(2).map((_, index) => characters.slice(index, index + 3).join(""));
  return [...new Set(triples)].slice(0, MAX_TRIPLES);
}

function contains(post: Post, text: string): boolean {
  const searched = post.type === "post" ? post.text : isFile(post) ? post.name : "";
  return searched.toLowerCase().includes(text.toLowerCase());
}
