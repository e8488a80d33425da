/**
 * Counts what a database holds as its rows go by, and finds out whether it can be true: every room's posts are a run of numbers
 * without a gap up to the room's last one, and every file that a post shows is known by its size.
 */
import { visibleJson } from "../../chat/visible_json.ts";
import type { Row } from "../../store/tables.ts";

export interface RoomCount {
  readonly room: string;
  /** Its first number that is kept, and its last one; one more than the last when nothing is. */
  readonly first: number;
  readonly head: number;
  readonly posts: number;
}

/** A file that some post shows. */
export interface UsedFile {
  readonly folder: "image" | "file";
  readonly sha256: string;
  readonly size: number;
}

interface Run {
  readonly first: number;
  last: number;
}

export class Tally {
  readonly tables: Record<string, number> = {};
  /** By `folder/sha256`. */
  readonly files = new Map<string, UsedFile>();
  readonly #runs = new Map<string, Run>();
  readonly #heads = new Map<string, number>();

  /** Takes rows in, which come in the order of their table's primary key. Throws with a sentence when a number is missing. */
  add(table: string, rows: readonly Row[]): void {
    this.tables[table] = (this.tables[table] ?? 0) + rows.length;
    if (table === "chat_room") { for (const { room, head } of rows) this.#heads.set(String(room), Number(head)); }
    if (table === "chat_post") { for (const row of rows) this.#post(row); }
  }

  /** The rooms. Throws when what they say of themselves is not what their posts say. */
  rooms(): readonly RoomCount[] {
    for (const [room, { last }] of this.#runs) {
      const head = this.#heads.get(room);
      if (head !== last) throw new Error(`the room ${visibleJson(room)} ends at ${head}, and its posts end at ${last}`);
    }
    return [...this.#heads].map(([room, head]) => {
      const run = this.#runs.get(room);
      return { room, first: run?.first ?? head + 1, head, posts: run ? run.last - run.first + 1 : 0 };
    });
  }

  #post({ room, seq, type, file_sha256: sha256, file_size: size }: Row): void {
    const name = String(room), number = Number(seq);
    const run = this.#runs.get(name);
    if (!run) this.#runs.set(name, { first: number, last: number });
    else if (number !== run.last + 1) {
      throw new Error(`the room ${visibleJson(name)} has nothing between its posts ${run.last} and ${number}`);
    } else run.last = number;
    if (typeof sha256 !== "string" || typeof size !== "number") return;
    const folder = type === "image" ? "image" : "file";
    this.files.set(`${folder}/${sha256}`, { folder, sha256, size });
  }
}
