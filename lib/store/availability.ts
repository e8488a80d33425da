/** Whether the database can be used: tells of each change once, however many calls notice it. */

export interface StoreState {
  readonly available: boolean;
  /** Why not; never with a password in it. */
  readonly reason?: string;
}

export type OnState = (state: StoreState) => void;

export class Availability {
  readonly #onState: OnState | undefined;
  #available: boolean | undefined;

  constructor(onState: OnState | undefined) {
    this.#onState = onState;
  }

  up(): void {
    this.#tell({ available: true });
  }

  down(reason: string): void {
    this.#tell({ available: false, reason });
  }

  #tell(state: StoreState): void {
    if (this.#available === state.available) return;
    this.#available = state.available;
    this.#onState?.(state);
  }
}
