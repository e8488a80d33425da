/** People and what they said, and a room that is driven without a terminal or a network. */
import type { FilePost, Member, TextPost } from "../../lib/chat/types.ts";
import { createModel, type Effect, type Input, type Item, type Model } from "../../lib/client/model.ts";
import { update } from "../../lib/client/update.ts";
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

/** Alice's room: what it is given, and what it did since the last {@linkcode Room.take}. */
export class Room {
  model: Model;
  #effects: Effect[] = [];

  constructor(options: Partial<Parameters<typeof createModel>[0]> = {}) {
    this.model = createModel({ me: alice, server: "chat.example", ...options });
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

  /** What was printed, forgetting the other effects. */
  printed(): readonly Item[] {
    return this.take().flatMap((effect) => effect.type === "print" ? effect.items : []);
  }
}
