/** What every measure has at hand, and what it leaves behind. */
import type { Random } from "../chaos/random.ts";
import type { MariaDb } from "../support/mariadb.ts";
import type { Contestant, ContestantName } from "./contestants/contestant.ts";
import type { OurServer } from "./contestants/ours.ts";
import type { Native } from "./native.ts";

export interface Bench {
  readonly native: Native;
  readonly rounds: number;
  /** Fewer sizes and shorter phases: to see that it works, not to be quoted. */
  readonly quick: boolean;
  readonly random: Random;
  readonly say: (line: string) => void;
  readonly ours: OurServer;
  /** How our server is started; its options follow. */
  readonly serverCommand: readonly string[];
  readonly oursOnMariaDb: OurServer | undefined;
  readonly oursOverTls: OurServer | undefined;
  readonly oursWithOldClients: OurServer;
  readonly mariadb: (() => Promise<MariaDb>) | undefined;
  readonly reference: Contestant;
  readonly ircServers: readonly Contestant[];
}

/** What one run of one contestant in one round came to. */
export interface Sample {
  /** What was done, such as `100 receivers, 64 B, 16 in flight`. */
  readonly case: string;
  readonly contestant: ContestantName | string;
  readonly round: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface Goal {
  readonly what: string;
  /** As the goal says it, such as `≥ 0.9 × reference`. */
  readonly wanted: string;
  /** As it was measured, with its spread. */
  readonly measured: string;
  /** Nothing when it could not be measured; `measured` says why. */
  readonly met: boolean | undefined;
}

/** A line of the table of figures. */
export interface Row {
  readonly what: string;
  readonly contestant: string;
  readonly figure: string;
  readonly ratio: string;
  readonly cpu: string;
}

export interface Outcome {
  readonly samples: readonly Sample[];
  readonly goals: readonly Goal[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export interface Measure {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<Outcome>;
}

/** The same in every round for everybody, each round in an order of its own. */
export async function inRounds<T>(
  bench: Pick<Bench, "rounds" | "random">,
  participants: readonly T[],
  run: (participant: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 1; round <= bench.rounds; round++) {
    for (const participant of shuffled(participants, bench.random)) await run(participant, round);
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, at: random.next() })).toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}
