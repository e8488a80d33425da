/**
 * Being in a room: reading its log, as fast as the peer takes it, from whatever number the peer has already.
 *
 * A member either follows the log through a cursor or catches up from the store. It catches up after joining from an old number,
 * and again whenever the log has moved past its cursor because the peer reads too slowly: it is then told that it is
 * *behind*, and gets page after page at its own pace until the log reaches back far enough for a cursor to take over.
 * In both ways every number comes once and in order. Presence is a state: after catching up comes a list of who is there.
 */
import { shown } from "../chat/act.ts";
import type { Account, RoomId } from "../chat/types.ts";
import { joinBytes } from "../protocol/bytes.ts";
import type { CommandOf } from "../protocol/command.ts";
import { PAGE_TEXT } from "../protocol/limits.ts";
import { errorMessage } from "../protocol/server_message.ts";
import { StoreUnavailable } from "../store/store.ts";
import { encodeEvent, type LiveRoom, type Place } from "./live_room.ts";
import { reasonOf } from "./log.ts";
import type { Cursor } from "./room_log.ts";
import type { Reply, SessionContext } from "./session_context.ts";

const DEFAULT_PAGE = 100;
/** Events read from the store at once while catching up. */
const CATCH_UP_EVENTS = 500;
const STORE_RETRY_MS = 1000;

export class Membership implements Place {
  readonly #session: SessionContext;
  /** The last number that was handed on while there was no cursor. */
  #seq = 0;
  #cursor: Cursor | undefined;
  #joined: { readonly room: LiveRoom; readonly account: Account } | undefined;

  constructor(session: SessionContext) {
    this.#session = session;
  }

  async join(account: Account, command: CommandOf<"join">): Promise<Reply> {
    const { request, last } = command;
    const room = await this.#room(command.room);
    if (!room) return errorMessage("unknown-room", { request });
    if (this.#joined) return errorMessage("already-joined", { request });
    if (command.after !== undefined && command.after > room.head) {
      return errorMessage("sequence-ahead", {
        request,
        message: `The room is at ${room.head}; join from there or before.`,
      });
    }
    const after = Math.max(command.after ?? room.head - (last ?? 0), room.first - 1);
    this.#joined = { room, account };
    room.apply({ type: "join", account, at: Date.now() });
    const { first, head } = room;
    const { motd } = this.#session.services;
    this.#session.send({
      op: "joined",
      request,
      room: room.id,
      first,
      head,
      members: room.members(),
      ...(motd === "" ? {} : { motd }),
    });
    room.addReader(this.#session.connection, this);
    const cursor = room.cursorAfter(after);
    if (cursor) this.#follow(room, cursor);
    else void this.#catchUp(room, after);
    return undefined;
  }

  get isInRoom(): boolean {
    return this.#joined !== undefined;
  }

  /** The last number that was handed to this member. */
  get seq(): number {
    return this.#cursor?.lastSeq ?? this.#seq;
  }

  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  leave(): void {
    if (!this.#joined) return;
    const { room, account } = this.#joined;
    this.#joined = undefined;
    this.#session.connection.follow(undefined);
    room.removeReader(this.#session.connection);
    room.apply({ type: "leave", account, at: Date.now() });
  }

  async who(command: CommandOf<"who">): Promise<Reply> {
    const room = await this.#room(command.room);
    if (!room) return errorMessage("unknown-room", { request: command.request });
    return { op: "members", request: command.request, room: room.id, members: room.members() };
  }

  async history(command: CommandOf<"history">): Promise<Reply> {
    const { request, after, before, limit = DEFAULT_PAGE } = command;
    if (after !== undefined && before !== undefined) {
      return errorMessage("bad-message", {
        request,
        message: `The message was ignored: give "after" or "before", not both.`,
      });
    }
    const room = await this.#room(command.room);
    if (!room) return errorMessage("unknown-room", { request });
    const range = after === undefined ? { before: before ?? room.head + 1 } : { after };
    const events = await this.#session.services.store.posts(room.id, { ...range, limit, text: PAGE_TEXT });
    // Numbers have no gap, so the page's far end tells whether there are others beyond it.
    const { first, head } = room;
    const more = after === undefined ? (events[0]?.seq ?? first) > first : (events.at(-1)?.seq ?? head) < head;
    return { op: "page", request, room: room.id, first, head, events: events.map(shown), more };
  }

  async #room(id: RoomId): Promise<LiveRoom | undefined> {
    return (await this.#session.services.rooms.get(id))?.room;
  }

  #follow(room: LiveRoom, cursor: Cursor): void {
    this.#cursor = cursor;
    const { metrics } = this.#session.services;
    this.#session.connection.follow({
      take: () => {
        const before = cursor.lastSeq;
        const bytes = cursor.take();
        if (bytes) {
          metrics.deliveries += cursor.lastSeq - before;
          metrics.deliveredBytes += bytes.length;
        } else if (cursor.behind) this.#fallBehind(room, cursor.lastSeq);
        return bytes;
      },
    });
  }

  #fallBehind(room: LiveRoom, seq: number): void {
    const { connection, services } = this.#session;
    connection.follow(undefined);
    services.metrics.fellBehind++;
    this.#session.log("behind", { room: room.id, seq, head: room.head });
    this.#session.send({ op: "behind", room: room.id, seq });
    void this.#catchUp(room, seq);
  }

  /** Sends what follows `seq` from the store, page by page as the peer takes them, until a cursor can go on. */
  async #catchUp(room: LiveRoom, seq: number): Promise<void> {
    const { connection, services } = this.#session;
    this.#cursor = undefined;
    const here = () => this.#joined?.room === room && connection.isOpen;
    try {
      while (here()) {
        // What is no longer kept is passed over.
        seq = this.#seq = Math.max(seq, room.first - 1);
        const cursor = room.cursorAfter(seq);
        if (cursor) {
          this.#session.send({ op: "members", room: room.id, members: room.members() });
          return this.#follow(room, cursor);
        }
        const range = { after: seq, limit: CATCH_UP_EVENTS, text: PAGE_TEXT };
        const stored = await this.#untilAvailable(() => services.store.posts(room.id, range));
        // The store may be ahead of the room for a moment: what is not published yet comes with the log.
        const events = stored.filter((post) => post.seq <= room.head);
        const last = events.at(-1);
        if (!last) {
          await this.#skipRemoved(room, seq);
          continue;
        }
        const bytes = joinBytes(events.map((post) => encodeEvent(room.id, post)));
        if (await connection.sendBulk(bytes)) {
          services.metrics.deliveries += events.length;
          services.metrics.deliveredBytes += bytes.length;
        }
        seq = last.seq;
      }
    } catch (error) {
      if (!here()) return;
      this.#session.log("catch-up-failed", { room: room.id, seq, reason: reasonOf(error) });
      await this.#session.fail("internal-error");
    }
  }

  /** Where the store has nothing after `seq` the posts are not kept any more, which this is the first to notice. */
  async #skipRemoved(room: LiveRoom, seq: number): Promise<void> {
    const first = await this.#untilAvailable(() => this.#session.services.store.first(room.id));
    if (first <= seq + 1) {
      throw new Error(`Cannot catch up: the store has nothing after ${seq} and the room is at ${room.head}`);
    }
    room.apply({ type: "trimmed", first });
  }

  /** Asks the store until it answers: a peer that catches up waits out a database that is away. */
  async #untilAvailable<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || !this.#session.connection.isOpen) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, STORE_RETRY_MS));
    }
  }
}
