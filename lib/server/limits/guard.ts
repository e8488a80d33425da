/** What keeps one peer from harming the others, as the operator has set it: a limit for each way to overdo something. */
import { Buckets } from "./buckets.ts";
import { ConnectionLimits } from "./connection_limits.ts";
import { Guesses } from "./guesses.ts";
import type { Config } from "../config/options.ts";
import { UploadShares } from "./upload_shares.ts";

export class Guard {
  readonly connections: ConnectionLimits;
  readonly guesses: Guesses;
  /** By network. */
  readonly registrations: Buckets;
  /** By account. */
  readonly joins: Buckets<number>;
  readonly posts: Buckets<number>;
  readonly postBytes: Buckets<number>;
  readonly lookups: Buckets<number>;
  readonly uploads: UploadShares;
  #visitorTime: number;

  constructor(config: Config) {
    const limits = limitsOf(config);
    this.connections = new ConnectionLimits(limits.connections);
    this.guesses = new Guesses(limits.guesses);
    this.registrations = new Buckets(config.registerRate);
    this.joins = new Buckets(config.joinRate);
    this.posts = new Buckets(config.postRate);
    this.postBytes = new Buckets(config.postBytesRate);
    this.lookups = new Buckets(config.lookupRate);
    this.uploads = new UploadShares(limits.uploads);
    this.#visitorTime = config.visitorTime;
  }

  /** Milliseconds that somebody may take to log in. */
  get visitorTime(): number {
    return this.#visitorTime;
  }

  /** Holds to other limits from now on. Where a limit is the same, what everybody has done so far still counts. */
  adjust(config: Config): void {
    const limits = limitsOf(config);
    this.connections.adjust(limits.connections);
    this.guesses.adjust(limits.guesses);
    this.registrations.adjust(config.registerRate);
    this.joins.adjust(config.joinRate);
    this.posts.adjust(config.postRate);
    this.postBytes.adjust(config.postBytesRate);
    this.lookups.adjust(config.lookupRate);
    this.uploads.adjust(limits.uploads);
    this.#visitorTime = config.visitorTime;
  }
}

const limitsOf = (config: Config) => ({
  connections: { most: config.maxConnections, perAddress: config.maxPerAddress, rate: config.connectRate },
  guesses: { address: config.guessRate, account: config.accountGuessRate, delay: config.guessDelay },
  uploads: { rate: config.uploadRate, quota: config.quota },
});
