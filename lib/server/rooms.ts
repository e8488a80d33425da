/** The rooms that are open: each with its journal, opened when somebody first asks and the store can say where it stands. */
import type { RoomId } from "../chat/types.ts";
import { LOBBY } from "../chat/types.ts";
import type { Store } from "../store/store.ts";
import { Journal } from "./journal.ts";
import type { Log } from "./log.ts";
import { type Lag, LiveRoom, type LiveRoomOptions } from "./live_room.ts";
import type { Metrics } from "./metrics/metrics.ts";

export interface OpenRoom {
  readonly room: LiveRoom;
  readonly journal: Journal;
}

/** Posts that are looked at for who has spoken lately, when a room is opened. */
const LATEST = 500;

export interface RoomsOptions {
  /** Bytes of each room's log. */
  readonly capacity: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly acted?: LiveRoomOptions["acted"];
}

export class Rooms {
  readonly #store: Store;
  readonly #options: RoomsOptions;
  readonly #open = new Map<RoomId, Promise<OpenRoom>>();
  /** Those among them that are open by now. */
  readonly #live = new Map<RoomId, OpenRoom>();

  constructor(store: Store, options: RoomsOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** How far the readers of all rooms are from the end of theirs. */
  lag(): Lag {
    const lags = [...this.#live.values()].map(({ room }) => room.lag());
    return {
      events: Math.max(0, ...lags.map(({ events }) => events)),
      bytes: Math.max(0, ...lags.map(({ bytes }) => bytes)),
      behind: lags.reduce((sum, { behind }) => sum + behind, 0),
    };
  }

  /** The room if it is open by now, as it is when somebody has joined it. */
  opened(id: RoomId): OpenRoom | undefined {
    return this.#live.get(id);
  }

  /** The room, or nothing when there is none of that name. Rejects while the store is away; asking again is worth while. */
  get(id: RoomId): Promise<OpenRoom | undefined> {
    if (id !== LOBBY) return Promise.resolve(undefined);
    let opening = this.#open.get(id);
    if (!opening) {
      opening = this.#openRoom(id);
      this.#open.set(id, opening);
      opening.catch(() => this.#open.delete(id));
    }
    return opening;
  }

  async #openRoom(id: RoomId): Promise<OpenRoom> {
    // In this order: what is posted or removed in between moves neither past the other.
    const first = await this.#store.first(id), head = await this.#store.head(id);
    const { capacity, metrics, log, acted } = this.#options;
    const moderation = await this.#store.moderation(id);
    const latest = moderation.slow > 0 ? await this.#store.posts(id, { limit: LATEST }) : [];
    const { deliverySeconds } = metrics;
    const kept = { first, head, moderation, latest };
    const room = new LiveRoom(id, kept, { capacity, deliverySeconds, ...(acted ? { acted } : {}) });
    let isGone = false;
    const setBack = () => {
      // What was under way behind it finds out as well, when another one may have the name already.
      if (isGone) return;
      isGone = true;
      log("room-set-back", { room: id, head: room.head });
      this.#open.delete(id);
      this.#live.delete(id);
      room.dissolve();
    };
    const open = { room, journal: new Journal(this.#store, room, { metrics, setBack }) };
    this.#live.set(id, open);
    return open;
  }

  /** Resolves when every journal has dealt with what it was given. */
  async settled(): Promise<void> {
    const rooms = await Promise.allSettled(this.#open.values());
    await Promise.all(rooms.map((open) => open.status === "fulfilled" ? open.value.journal.settled() : undefined));
  }
}
