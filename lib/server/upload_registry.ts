/**
 * Who is sending what: one file is received from one connection at a time. Somebody who reconnects goes on with the file
 * while the server may still believe in the connection that they lost, so the later one always takes over.
 */
export interface Receiving {
  /** Stops, and resolves when nothing more will be written. */
  supersede(): Promise<void>;
}

export class UploadRegistry {
  readonly #receiving = new Map<string, Receiving>();

  async take(key: string, receiving: Receiving): Promise<void> {
    const before = this.#receiving.get(key);
    this.#receiving.set(key, receiving);
    await before?.supersede();
  }

  holds(key: string, receiving: Receiving): boolean {
    return this.#receiving.get(key) === receiving;
  }

  release(key: string, receiving: Receiving): void {
    if (this.holds(key, receiving)) this.#receiving.delete(key);
  }
}
