/** Whether the database can be used: tells of each change once, however many calls notice it. */

export interface StoreState {
  readonly available: boolean;
  /** Why not; never with a password in it. */
  readonly reason?: string;
}

export type OnState = (state: StoreState) => void;

export class Availability {
  readonly #onState: OnState | undefined;
  #known: StoreState | undefined;

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
    if (this.#known?.available === state.available && this.#known.reason === state.reason) return;
    this.#known = state;
    this.#onState?.(state);
  }
}
