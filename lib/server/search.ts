/**
 * Finding what was said. A search is made of short steps, and all searches take turns at the store: whatever many people look for
 * at once, a post waits for one step at the most.
 */
import type { RoomId } from "../chat/types.ts";
import type { CommandOf } from "../protocol/command.ts";
import { MAX_SEARCH_TEXT } from "../protocol/limits.ts";
import { errorMessage } from "../protocol/server_message.ts";
import type { SearchQuery, SearchResult, Store } from "../store/store.ts";
import type { Reply, SessionContext } from "./session_context.ts";

const DEFAULT_FOUND = 50;
/** Steps for one answer: after so many without a find the peer is told how far it has come, and asks on if it likes. */
const MAX_STEPS = 10;

/** The turns at the store. */
export class Searches {
  readonly #store: Store;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /** One step, when it is its turn. */
  step(room: RoomId, query: SearchQuery): Promise<SearchResult> {
    const step = this.#turn.then(() => this.#store.search(room, query));
    this.#turn = step.catch(() => {});
    return step;
  }
}

export async function search(session: SessionContext, command: CommandOf<"search">): Promise<Reply> {
  const { request, limit = DEFAULT_FOUND } = command;
  const { rooms, searches } = session.services;
  const text = command.text.normalize("NFC").trim();
  if (text === "" || text.length > MAX_SEARCH_TEXT || !text.isWellFormed()) {
    return errorMessage("bad-search", { request });
  }
  const open = await rooms.get(command.room);
  if (!open) return errorMessage("unknown-room", { request });
  const { room } = open;
  let before = Math.min(command.before ?? Infinity, room.head + 1);
  for (let step = 1;; step++) {
    const found = await searches.step(room.id, { text, before, limit });
    const isEnough = found.before === undefined || found.posts.length > 0 || step === MAX_STEPS ||
      !session.connection.isOpen;
    if (isEnough) return { op: "found", request, room: room.id, events: [...found.posts], ...next(found) };
    before = found.before ?? 1;
  }
}

const next = ({ before }: SearchResult) => before === undefined ? {} : { before };
