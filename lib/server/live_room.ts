/**
 * A room while the server runs: the pure rules, the log of what happened, and the connections that read it.
 *
 * Everything here is synchronous. A change goes through the rules, its events are encoded once into the log, and all readers
 * are woken in a round that begins at the end of the turn, however many changes the turn brought. What is said during a
 * round makes another one follow.
 */
import { setImmediate } from "node:timers";
import { shown } from "../chat/act.ts";
import type { Moderation } from "../chat/moderation.ts";
import { entryRefusal, permission, type Refusal, speechRefusal } from "../chat/permission.ts";
import { emptyRoom, type KeptRoom, members, type RoomInput, step } from "../chat/room.ts";
import type { AccountNumber, ActPost, Draft, Member, Post, Presence, RoomId } from "../chat/types.ts";
import { serverCodec } from "../protocol/server_message.ts";
import type { Distribution } from "./distribution.ts";
import { type Cursor, RoomLog } from "./room_log.ts";

/** Somebody to wake when the log has grown, or to send away when the room is no more. */
export interface Reader {
  wake(): void;
  close(): void;
}

/** How far a reader has come. */
export interface Place {
  /** The last number that was handed to it. */
  readonly seq: number;
  /** Where it is in the log; nothing while it reads from the store. */
  readonly cursor: Cursor | undefined;
}

/** How far readers are from the room's end. */
export interface Lag {
  /** Events that the slowest reader has not been handed yet. */
  readonly events: number;
  /** Bytes that the slowest of those who read the log has not been handed yet. */
  readonly bytes: number;
  /** Readers that have to read from the store. */
  readonly behind: number;
}

export interface LiveRoomOptions {
  /** Bytes of the log. */
  readonly capacity: number;
  /** Where it is noted how long posts took to reach all readers. */
  readonly deliverySeconds?: Distribution;
  /** Told of each act once it has been published. */
  readonly acted?: (post: ActPost, room: LiveRoom) => void;
}

export const encodeEvent = (room: RoomId, post: Post): Uint8Array =>
  serverCodec.encode({ op: "event", room, ...shown(post) });

/**
 * Readers woken in one turn of the event loop. The runtime finishes 128 operations of a turn at once and has the others
 * wait for another turn, each by itself: with 1,000 readers woken in one turn a post costs half as much again.
 */
const WAKES_A_TURN = 120;

export class LiveRoom {
  readonly id: RoomId;
  readonly #log: RoomLog;
  readonly #readers = new Map<Reader, Place>();
  readonly #deliverySeconds: Distribution | undefined;
  readonly #acted: LiveRoomOptions["acted"];
  #state;
  /** A round of waking is under way, or about to begin; and whether the log has grown behind it. */
  #waking = false;
  #grown = false;
  /** When the posts came that the next round will carry, and those that the present one carries; monotonic milliseconds. */
  #coming: number[] = [];
  #carried: number[] = [];

  /** A room as the store has it: the numbers from `first` to `head` are there, and more than `head` have never been. */
  constructor(id: RoomId, kept: KeptRoom, options: LiveRoomOptions) {
    this.id = id;
    this.#acted = options.acted;
    this.#deliverySeconds = options.deliverySeconds;
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

  /** Where it stands after its acts so far. */
  get moderation(): Moderation {
    return this.#state.moderation;
  }

  /** The last number whose content is no longer to be told: what comes up to it is to be read from the store. */
  get withdrawn(): number {
    return this.#log.withdrawn;
  }

  /** How many posts have been withdrawn. */
  get withdrawals(): number {
    return this.#log.withdrawals;
  }

  /** Why somebody may not log in from an address, or not stay. */
  entryRefusal(address: string, account?: AccountNumber): Refusal | undefined {
    const who = account === undefined ? { address } : { address, account };
    return entryRefusal(this.#state.moderation, { ...who, now: Date.now() });
  }

  /** Why somebody may not say anything at this moment. */
  speechRefusal(account: AccountNumber): Refusal | undefined {
    return speechRefusal(this.#state.moderation, account, { now: Date.now(), spoke: this.#state.spoke });
  }

  /** Why somebody may not send a file's bytes. Slow mode is for when the file is said; they may come meanwhile. */
  uploadRefusal(account: AccountNumber): Refusal | undefined {
    const refusal = this.speechRefusal(account);
    return refusal?.code === "slow-mode" ? undefined : refusal;
  }

  /** Why a draft may not become a post; `speaking` are those who have others before it in the same transaction. */
  refusal(
    draft: Draft,
    { at, speaking }: { readonly at: number; readonly speaking: ReadonlySet<AccountNumber> },
  ): Refusal | undefined {
    const { moderation, spoke } = this.#state;
    const last = (account: AccountNumber) => speaking.has(account) ? at : spoke.get(account);
    return permission(moderation, draft, { now: at, spoke: { get: last } });
  }

  members(): Member[] {
    return members(this.#state);
  }

  /** Applies a change and publishes what follows from it; `since` is when each of its posts came, where that is known. */
  apply(input: RoomInput, since: readonly number[] = []): void {
    this.#coming.push(...since);
    const { state, events } = step(this.#state, input);
    this.#state = state;
    for (const event of events) this.#publish(event);
    if (events.length > 0) this.#wakeAll();
    for (const event of events) if (event.type === "act") this.#acted?.(event, this);
  }

  /** A cursor that reads on after a sequence number; nothing when that is only in the store. */
  cursorAfter(seq: number): Cursor | undefined {
    return this.#log.cursorAfter(seq);
  }

  addReader(reader: Reader, place: Place): void {
    this.#readers.set(reader, place);
  }

  removeReader(reader: Reader): void {
    this.#readers.delete(reader);
  }

  /** Looks at all readers. */
  lag(): Lag {
    let events = 0, bytes = 0, behind = 0;
    for (const { seq, cursor } of this.#readers.values()) {
      events = Math.max(events, this.head - seq);
      if (!cursor || cursor.behind) behind++;
      else bytes = Math.max(bytes, this.#log.end - cursor.position);
    }
    return { events, bytes, behind };
  }

  /** Sends everybody away: they come back to the room as the store has it. */
  dissolve(): void {
    for (const reader of this.#readers.keys()) reader.close();
  }

  #publish(event: Post | Presence): void {
    if ("member" in event) {
      this.#log.append(serverCodec.encode({ op: "presence", room: this.id, ...event }));
    } else {
      this.#log.append(encodeEvent(this.id, event), event.seq);
      if (event.type === "act" && event.act.type === "delete") this.#log.withdraw(event.act.post);
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
    this.#carried = this.#coming;
    this.#coming = [];
    this.#wakeSome(this.#readers.keys());
  }

  #wakeSome(readers: Iterator<Reader>): void {
    for (let woken = 0; woken < WAKES_A_TURN; woken++) {
      const { value, done } = readers.next();
      if (done) {
        this.#noteDelivery();
        // Those at the front have not seen what was said meanwhile.
        if (this.#grown) return void setImmediate(() => this.#beginRound());
        this.#waking = false;
        return;
      }
      value.wake();
    }
    setImmediate(() => this.#wakeSome(readers));
  }

  #noteDelivery(): void {
    const now = performance.now();
    for (const since of this.#carried) this.#deliverySeconds?.note((now - since) / 1000);
    this.#carried = [];
  }
}
