/**
 * What is true: every number that anybody was told, held against every other telling.
 *
 * The first who hears of a number says what stands there; everybody else must hear the same. An acknowledgement is a telling
 * like any other. At the end the room's whole history is read and must be exactly the numbers 1 to its head.
 */
export class Ledger {
  /** The id at each number; index 0 is unused. */
  readonly #ids: (string | undefined)[] = [undefined];
  readonly #acknowledged = new Map<string, number>();
  readonly #violations: string[] = [];

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  acknowledge(id: string, seq: number): void {
    const before = this.#acknowledged.get(id);
    if (before !== undefined && before !== seq) this.#violate(`${id} was acknowledged as ${before} and as ${seq}`);
    this.#acknowledged.set(id, seq);
    this.#tell(seq, id, "an acknowledgement");
  }

  /** A reader heard of a number, after the last one that it had heard of. */
  hear(reader: string, last: number, { seq, id }: { readonly seq: number; readonly id: string }): void {
    if (seq !== last + 1) this.#violate(`${reader} heard ${seq} after ${last}`);
    this.#tell(seq, id, reader);
  }

  violate(what: string): void {
    this.#violate(what);
  }

  /** Holds the whole history against everything that was told. */
  close(history: readonly { readonly seq: number; readonly id: string }[]): void {
    history.forEach(({ seq, id }, index) => {
      if (seq !== index + 1) this.#violate(`the history has ${seq} in place ${index + 1}`);
      this.#tell(seq, id, "the history");
    });
    const ids = new Set(history.map(({ id }) => id));
    if (ids.size !== history.length) this.#violate(`${history.length - ids.size} posts are stored twice`);
    for (const [id, seq] of this.#acknowledged) {
      if (!ids.has(id)) this.#violate(`${id}, acknowledged as ${seq}, is lost`);
    }
    if (this.#ids.length > history.length + 1) {
      this.#violate(`numbers up to ${this.#ids.length - 1} were told, ${history.length} exist`);
    }
  }

  #tell(seq: number, id: string, who: string): void {
    const known = this.#ids[seq];
    if (known === undefined) this.#ids[seq] = id;
    else if (known !== id) this.#violate(`${who} has ${id} as ${seq}, which is ${known}`);
  }

  #violate(what: string): void {
    if (this.#violations.length < 100) this.#violations.push(what);
  }
}
