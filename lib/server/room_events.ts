/**
 * A room's events one at a time, for a reader that asks for the next one only when it is done with the last.
 *
 * It reads the room's log through a cursor, like everybody; when the log has moved past it, it goes on from the store until
 * the log reaches back far enough. What waits for a slow reader is at most one segment of the log, which others read
 * too, or one page of posts.
 */
import { shown } from "../chat/act.ts";
import type { Post } from "../chat/types.ts";
import type { Kind } from "../protocol/frame.ts";
import { HEADER_BYTES, PAGE_TEXT } from "../protocol/limits.ts";
import { serverCodec, type ServerMessage } from "../protocol/server_message.ts";
import type { Store } from "../store/store.ts";
import type { LiveRoom, Place } from "./live_room.ts";
import type { Cursor } from "./room_log.ts";

export type RoomEvent =
  | Extract<ServerMessage, { op: "event" | "presence" }>
  /** People may have come and gone unseen: here is the time to look who is there. */
  | { readonly op: "missed" };

/** Posts read from the store at once. */
const PAGE_POSTS = 32;

export class RoomEvents implements Place {
  readonly #room: LiveRoom;
  readonly #store: Pick<Store, "posts">;
  #cursor: Cursor | undefined;
  /** The last number that is in the log's bytes or the page below, or came before. */
  #seq: number;
  /** The last number that was handed out. */
  #handed: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #page: Post[] = [];
  /** How many posts had been withdrawn when the page was read. */
  #asOf: number;

  /** Begins with what happens from now on. */
  constructor(room: LiveRoom, store: Pick<Store, "posts">) {
    this.#room = room;
    this.#store = store;
    this.#seq = this.#handed = room.head;
    this.#asOf = room.withdrawals;
    this.#cursor = room.cursorAfter(room.head);
  }

  get seq(): number {
    return this.#handed;
  }

  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** The next event; nothing when there is none before the room wakes its readers. Rejects while the store is away. */
  async next(): Promise<RoomEvent | undefined> {
    const event = await this.#next();
    if (event?.op === "event") this.#handed = event.seq;
    return event;
  }

  async #next(): Promise<RoomEvent | undefined> {
    for (;;) {
      // Among what is at hand may be what was withdrawn since.
      if (this.#asOf < this.#room.withdrawals && this.#handed < this.#room.withdrawn) {
        this.#bytes = new Uint8Array(0);
        this.#cursor = undefined;
        this.#seq = this.#handed;
        await this.#readPage();
        continue;
      }
      if (this.#bytes.length > 0) {
        const event = this.#decode();
        if (event) return event;
        continue;
      }
      const post = this.#page.shift();
      if (post) return { op: "event", room: this.#room.id, ...shown(post) };
      if (this.#cursor) {
        const bytes = this.#cursor.take();
        if (bytes) {
          this.#bytes = bytes;
          continue;
        }
        this.#seq = this.#cursor.lastSeq;
        if (!this.#cursor.behind) return undefined;
      }
      this.#cursor = this.#room.cursorAfter(this.#seq);
      if (this.#cursor) return { op: "missed" };
      await this.#readPage();
    }
  }

  /** The next frame of the log, if it is one that this reader knows. */
  #decode(): RoomEvent | undefined {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, HEADER_BYTES);
    const end = HEADER_BYTES + view.getUint32(4);
    const payload = this.#bytes.subarray(HEADER_BYTES, end);
    this.#bytes = this.#bytes.subarray(end);
    const decoded = serverCodec.decode({ id: view.getUint8(0), kind: view.getUint8(3) as Kind, payload });
    if (!decoded.ok) throw new Error(`Cannot read the log: ${decoded.reason}`);
    return decoded.message.op === "event" || decoded.message.op === "presence" ? decoded.message : undefined;
  }

  async #readPage(): Promise<void> {
    this.#asOf = this.#room.withdrawals;
    const range = { after: this.#seq, limit: PAGE_POSTS, text: PAGE_TEXT };
    const stored = await this.#store.posts(this.#room.id, range);
    // The store may be ahead of the room for a moment: what is not published yet comes with the log.
    this.#page = stored.filter((post) => post.seq <= this.#room.head);
    // Nothing is left of what was missed: there is only the present to go on with.
    const last = this.#page.at(-1);
    if (!last) this.#handed = this.#room.head;
    this.#seq = last?.seq ?? this.#room.head;
  }
}
