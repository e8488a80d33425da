/**
 * A waiting line in which everybody has a line of their own, and the lines take turns. When there is no place left, the last of
 * the longest line has to go for somebody whose own is shorter: whoever floods it is in their own way alone.
 */
export class FairLine<Item> {
  readonly #most: number;
  readonly #lines = new Map<string, Item[]>();
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds an item to somebody's line; what had to go for it, which may be the item itself. */
  add(whose: string, item: Item): Item | undefined {
    const line = this.#lines.get(whose) ?? [];
    if (this.#length < this.#most) return this.#push(whose, line, item);
    let longest: readonly [string, Item[]] | undefined;
    for (const entry of this.#lines) if (entry[1].length > (longest?.[1].length ?? 0)) longest = entry;
    if (!longest || longest[1].length <= line.length + 1) return item;
    const [name, items] = longest;
    const gone = items.pop();
    this.#length--;
    if (items.length === 0) this.#lines.delete(name);
    this.#push(whose, line, item);
    return gone;
  }

  /** The next one: the first of the line whose turn it is. */
  take(): Item | undefined {
    for (const [whose, line] of this.#lines) {
      const item = line.shift();
      this.#length--;
      // It goes behind the others.
      this.#lines.delete(whose);
      if (line.length > 0) this.#lines.set(whose, line);
      return item;
    }
    return undefined;
  }

  /** Empties it. */
  clear(): readonly Item[] {
    const items = [...this.#lines.values()].flat();
    this.#lines.clear();
    this.#length = 0;
    return items;
  }

  #push(whose: string, line: Item[], item: Item): undefined {
    line.push(item);
    this.#lines.set(whose, line);
    this.#length++;
  }
}
