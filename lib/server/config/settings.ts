/** The configuration as it stands at this moment: a reload replaces what can change while the server runs. */
import type { Level } from "../log_events.ts";
import type { Config } from "./options.ts";

/** Bytes of a text and of a file, and of answers that wait for one connection. */
export interface Limits {
  readonly text: number;
  readonly file: number;
  readonly sendq: number;
}

export class Settings {
  #config: Config;
  #limits: Limits;
  #logLevel: Level | undefined;

  constructor(config: Config) {
    this.#config = config;
    this.#limits = limitsOf(config);
  }

  /** Looked at for every message: the same object until a reload. */
  get limits(): Limits {
    return this.#limits;
  }

  get config(): Config {
    return this.#config;
  }

  /** The least level that is logged: the operator's word holds until the next reload. */
  get logLevel(): Level {
    return this.#logLevel ?? this.#config.logLevel;
  }

  set logLevel(level: Level) {
    this.#logLevel = level;
  }

  replace(config: Config): void {
    this.#config = config;
    this.#limits = limitsOf(config);
    this.#logLevel = undefined;
  }
}

const limitsOf = ({ maxText, maxFile, sendq }: Config): Limits => ({ text: maxText, file: maxFile, sendq });
