/**
 * Reading a range of posts of unknown length in a few steps: some rows first, then as many as their length leaves room for,
 * so that long texts are not read only to be thrown away.
 */
import type { Post } from "../chat/types.ts";
import type { PostRange } from "./store.ts";

/** Rows that are read before anything is known of their length. */
const FIRST_ROWS = 16;

export class PageReader {
  /** Towards greater numbers, from the bound on; otherwise towards smaller ones. */
  readonly forward: boolean;
  readonly #limit: number;
  readonly #text: number;
  readonly #posts: Post[] = [];
  #bound: number;
  #step: number;
  #units = 0;
  #done = false;

  constructor({ after, before, limit, text = Infinity }: PostRange) {
    this.forward = after !== undefined;
    this.#bound = after ?? before ?? Number.MAX_SAFE_INTEGER;
    this.#limit = limit;
    this.#text = text;
    this.#step = text === Infinity ? limit : FIRST_ROWS;
  }

  /** What to read next: so many posts beyond the bound. Nothing when the page is complete. */
  next(): { readonly bound: number; readonly count: number } | undefined {
    const count = Math.min(this.#step, this.#limit - this.#posts.length);
    return this.#done || count <= 0 ? undefined : { bound: this.#bound, count };
  }

  /** Takes what was read, in the order of reading. */
  add(read: readonly Post[], asked: number): void {
    this.#done = read.length < asked;
    for (const post of read) {
      this.#units += post.type === "post" ? post.text.length : 0;
      if (this.#posts.length > 0 && this.#units > this.#text) {
        this.#done = true;
        return;
      }
      this.#posts.push(post);
      this.#bound = post.seq;
    }
    this.#step = Math.max(1, Math.floor((this.#text - this.#units) / (1 + this.#units / this.#posts.length)));
  }

  /** The page, oldest first. */
  posts(): readonly Post[] {
    return this.forward ? this.#posts : this.#posts.toReversed();
  }
}
