/**
 * A room while the server runs: the pure rules, the log of what happened, and the connections that read it.
 *
 * Everything here is synchronous. A change goes through the rules, its events are encoded once into the log, and all readers
 * are woken in a round that begins at the end of the turn, however many changes the turn brought. What is said during a
 * round makes another one follow.
 */
import { setImmediate } from "node:timers";
import { emptyRoom, members, type RoomInput, step } from "../chat/room.ts";
import type { Member, Post, Presence, RoomId } from "../chat/types.ts";
import { serverCodec } from "../protocol/server_message.ts";
import { type Cursor, RoomLog } from "./room_log.ts";

/** Somebody to wake when the log has grown, or to send away when the room is no more. */
export interface Reader {
  wake(): void;
  close(): void;
}

export const encodeEvent = (room: RoomId, post: Post): Uint8Array => serverCodec.encode({ op: "event", room, ...post });

/**
 * Readers woken in one turn of the event loop. The runtime finishes 128 operations of a turn at once and has the others
 * wait for another turn, each by itself: with 1,000 readers woken in one turn a post costs half as much again.
 */
const WAKES_A_TURN = 120;

export class LiveRoom {
  readonly id: RoomId;
  readonly #log: RoomLog;
  readonly #readers = new Set<Reader>();
  #state;
  /** A round of waking is under way, or about to begin; and whether the log has grown behind it. */
  #waking = false;
  #grown = false;

  /** A room as the store has it: the numbers from `first` to `head` are there, and more than `head` have never been. */
  constructor(
    id: RoomId,
    kept: { readonly first: number; readonly head: number },
    options: { readonly capacity: number },
  ) {
    this.id = id;
    this.#state = emptyRoom(kept);
    this.#log = new RoomLog(kept.head, options);
  }

  /** The first sequence number that is still kept; one more than the head when none is. */
  get first(): number {
    return this.#state.first;
  }

  get head(): number {
    return this.#state.head;
  }

  members(): Member[] {
    return members(this.#state);
  }

  /** Applies a change and publishes what follows from it. */
  apply(input: RoomInput): void {
    const { state, events } = step(this.#state, input);
    this.#state = state;
    for (const event of events) this.#publish(event);
    if (events.length > 0) this.#wakeAll();
  }

  /** A cursor that reads on after a sequence number; nothing when that is only in the store. */
  cursorAfter(seq: number): Cursor | undefined {
    return this.#log.cursorAfter(seq);
  }

  addReader(reader: Reader): void {
    this.#readers.add(reader);
  }

  removeReader(reader: Reader): void {
    this.#readers.delete(reader);
  }

  /** Sends everybody away: they come back to the room as the store has it. */
  dissolve(): void {
    for (const reader of this.#readers) reader.close();
  }

  #publish(event: Post | Presence): void {
    if ("member" in event) {
      this.#log.append(serverCodec.encode({ op: "presence", room: this.id, ...event }));
    } else {
      this.#log.append(encodeEvent(this.id, event), event.seq);
    }
  }

  #wakeAll(): void {
    this.#grown = true;
    if (this.#waking) return;
    this.#waking = true;
    queueMicrotask(() => this.#beginRound());
  }

  #beginRound(): void {
    this.#grown = false;
    this.#wakeSome(this.#readers.values());
  }

  #wakeSome(readers: Iterator<Reader>): void {
    for (let woken = 0; woken < WAKES_A_TURN; woken++) {
      const { value, done } = readers.next();
      if (done) {
        // Those at the front have not seen what was said meanwhile.
        if (this.#grown) return void setImmediate(() => this.#beginRound());
        this.#waking = false;
        return;
      }
      value.wake();
    }
    setImmediate(() => this.#wakeSome(readers));
  }
}
