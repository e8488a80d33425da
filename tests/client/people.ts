/** People and what they said, and a room that is driven without a terminal or a network. */
import type { FilePost, Member, TextPost } from "../../lib/chat/types.ts";
import { createModel, type Effect, type Input, type Model, type ModelOptions } from "../../lib/client/model.ts";
import type { Item } from "../../lib/client/timeline.ts";
import { update } from "../../lib/client/update.ts";
import type { Size } from "../../lib/terminal/size.ts";
import type { ServerMessage } from "../../lib/protocol/server_message.ts";

export const alice = { account: 1001, name: "Alice" } as const;
export const ming = { account: 1002, name: "小明" } as const;

/** Local time, so that the pictures are the same in every time zone. */
export const NINE = new Date(2026, 10, 24, 9, 5).getTime();
export const DAY = 24 * 3600 * 1000;

export const member = (who: { readonly account: number; readonly name: string }): Member => ({ ...who, since: NINE });

export function textPost(seq: number, text: string, more: Partial<TextPost> = {}): TextPost {
  return { type: "post", seq, id: `id-${seq}`, from: ming, at: NINE, text, ...more };
}

export function filePost(seq: number, name: string, more: Partial<FilePost> = {}): FilePost {
  const file = { name, size: 2_048, sha256: "0".repeat(64), media: "application/octet-stream" };
  return { type: "file", seq, id: `id-${seq}`, from: ming, at: NINE, ...file, ...more };
}

export const event = (post: TextPost | FilePost): Input => told({ op: "event", room: "lobby", ...post });
export const told = (message: ServerMessage): Input => ({ type: "told", message });
export const key = (chord: string): Input => ({ type: "key", key: { type: "key", chord } });
export const typed = (text: string): Input => ({ type: "key", key: { type: "text", text } });

/** Alice's room: what it is given, what it did since the last {@linkcode Room.take}, and what it showed. */
export class Room {
  model: Model;
  #effects: Effect[] = [];
  #shown: number;

  constructor(options: Partial<ModelOptions> & Partial<Size> = {}) {
    const { columns = 80, rows = 24, ...rest } = options;
    this.model = createModel({ me: alice, server: "chat.example", look: { size: { columns, rows } }, ...rest });
    this.#shown = this.model.timeline.added;
  }

  give(...inputs: readonly Input[]): this {
    for (const input of inputs) {
      const { model, effects } = update(this.model, input);
      this.model = model;
      this.#effects.push(...effects);
    }
    return this;
  }

  /** Types a line and enter. */
  submit(line: string): this {
    return this.give(typed(line), key("enter"));
  }

  take(): readonly Effect[] {
    return this.#effects.splice(0);
  }

  /** What was added to the messages since the last time, in the order in which it was. */
  added(): readonly Item[] {
    const { entries, added } = this.model.timeline;
    const fresh = entries.filter(({ n }) => n > this.#shown).toSorted((a, b) => a.n - b.n);
    this.#shown = added;
    return fresh.map(({ n: _, ...item }) => item);
  }
}
