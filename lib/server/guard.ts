/** What keeps one peer from harming the others, as the operator has set it: a limit for each way to overdo something. */
import { Buckets } from "./buckets.ts";
import { ConnectionLimits } from "./connection_limits.ts";
import { Guesses } from "./guesses.ts";
import type { Config } from "./options.ts";
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
  /** Milliseconds that somebody may take to log in. */
  readonly visitorTime: number;

  constructor(config: Config) {
    const { maxConnections, maxPerAddress, connectRate, guessRate, accountGuessRate, guessDelay } = config;
    this.connections = new ConnectionLimits({ most: maxConnections, perAddress: maxPerAddress, rate: connectRate });
    this.guesses = new Guesses({ address: guessRate, account: accountGuessRate, delay: guessDelay });
    this.registrations = new Buckets(config.registerRate);
    this.joins = new Buckets(config.joinRate);
    this.posts = new Buckets(config.postRate);
    this.postBytes = new Buckets(config.postBytesRate);
    this.lookups = new Buckets(config.lookupRate);
    this.uploads = new UploadShares({ rate: config.uploadRate, quota: config.quota });
    this.visitorTime = config.visitorTime;
  }
}
