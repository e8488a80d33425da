/** How long somebody on the old client may take, in milliseconds. */
export interface LegacyPatience {
  /** From a login to its READ. */
  readonly read: number;
  /** To acknowledge, before somebody else with the right password may take the place. */
  readonly answer: number;
  /** To acknowledge at all. */
  readonly acknowledge: number;
  /** With nothing to acknowledge, until it is asked whether it is still there. */
  readonly idle: number;
}

export const LEGACY_PATIENCE: LegacyPatience = { read: 15_000, answer: 5_000, acknowledge: 60_000, idle: 45_000 };
