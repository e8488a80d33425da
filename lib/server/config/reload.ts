/**
 * A new configuration for a running server: read as at the start, from the same flags, environment and file, and checked as a
 * whole before anything changes. What can change at once does; the rest waits for a restart, and is said to.
 */
import { type Asked, withoutPassword } from "./config.ts";
import { type Log, reasonOf } from "../log.ts";
import { type Config, flagOf, type OptionName, OPTIONS } from "./options.ts";
import type { Settings } from "./settings.ts";

/** An option that is told otherwise than before, in the words in which it was told. */
export interface Change {
  readonly option: string;
  readonly from: string;
  readonly to: string;
  /** Whether it has taken effect, or takes a restart. */
  readonly effect: "now" | "restart";
}

/** What each option was told, as it was written. */
export type Texts = Readonly<Record<OptionName, string>>;

export interface ReloaderOptions {
  readonly settings: Settings;
  readonly texts: Texts;
  /** Reads the configuration again. */
  readonly reread: () => Asked;
  readonly log: Log;
  /** Makes a new configuration take effect where that takes more than to look it up; may reject, and then nothing has changed. */
  readonly apply: (config: Config) => void | Promise<void>;
}

export class Reloader {
  readonly #options: ReloaderOptions;
  #texts: Texts;
  /** One after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#texts = options.texts;
  }

  /** Resolves with what changed. Rejects with a sentence when the new configuration cannot be used: the old one stays. */
  reload(): Promise<readonly Change[]> {
    const turn = this.#turn.then(() => this.#reload());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #reload(): Promise<readonly Change[]> {
    const { settings, log, apply } = this.#options;
    try {
      const { config, texts } = this.#read();
      const changed = OPTION_NAMES.filter((name) =>
        texts[name] !== this.#texts[name] || JSON.stringify(config[name]) !== JSON.stringify(settings.config[name])
      );
      const changes = changed.map((name): Change => ({
        option: flagOf(name),
        from: withoutPassword(this.#texts[name]),
        to: withoutPassword(texts[name]),
        effect: OPTIONS[name].live ? "now" : "restart",
      }));
      const names = changed.filter((name) => OPTIONS[name].live);
      const next = { ...settings.config, ...pick(config, names) };
      await apply(next);
      settings.replace(next);
      this.#texts = { ...this.#texts, ...pick(texts, names) };
      for (const { option, from, to, effect } of changes) {
        log(effect === "now" ? "option-changed" : "restart-needed", { option, from, to });
      }
      log("reloaded", { changes: changes.length });
      return changes;
    } catch (error) {
      log("reload-failed", { reason: reasonOf(error) });
      throw error;
    }
  }

  #read(): Extract<Asked, { config: Config }> {
    const asked = this.#options.reread();
    if ("config" in asked) return asked;
    if ("excuse" in asked) throw new Error("the arguments are not those of a server");
    throw new Error(asked.exit.output.trim().replace(/^(chat-server|error): /, ""));
  }
}

const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

const pick = <T extends object>(from: T, names: readonly (keyof T)[]): Partial<T> =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Partial<T>;
