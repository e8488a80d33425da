/** The rooms that are open: each with its journal, opened when somebody first asks and the store can say where it stands. */
import type { RoomId } from "../chat/types.ts";
import { LOBBY } from "../chat/types.ts";
import type { Store } from "../store/store.ts";
import { Journal } from "./journal.ts";
import type { Log } from "./log.ts";
import { LiveRoom } from "./live_room.ts";

export interface OpenRoom {
  readonly room: LiveRoom;
  readonly journal: Journal;
}

export class Rooms {
  readonly #store: Store;
  readonly #capacity: number;
  readonly #log: Log;
  readonly #open = new Map<RoomId, Promise<OpenRoom>>();

  constructor(store: Store, options: { readonly capacity: number; readonly log: Log }) {
    this.#store = store;
    this.#capacity = options.capacity;
    this.#log = options.log;
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
    const room = new LiveRoom(id, { first, head }, { capacity: this.#capacity });
    const setBack = () => {
      this.#log("room-set-back", { room: id, head: room.head });
      this.#open.delete(id);
      room.dissolve();
    };
    return { room, journal: new Journal(this.#store, room, setBack) };
  }

  /** Resolves when every journal has dealt with what it was given. */
  async settled(): Promise<void> {
    const rooms = await Promise.allSettled(this.#open.values());
    await Promise.all(rooms.map((open) => open.status === "fulfilled" ? open.value.journal.settled() : undefined));
  }
}
