/** Servers with their members, all there at once: who is not being measured is idle, and costs the others nothing. */
import { FIRST_ACCOUNT } from "./contestants/accounts.ts";
import type { Contestant, ContestantName, Running } from "./contestants/contestant.ts";
import { Load, type Phase } from "./load.ts";

/** Members beyond so many share accounts: who comes and goes is told to everybody, which would take longer than the bench. */
export const MAX_ACCOUNTS = 1000;

export interface Seat {
  readonly name: ContestantName;
  readonly contestant: Contestant;
  readonly running: Running;
  readonly load: Load;
}

export interface SeatOptions {
  readonly load: string;
  readonly members: number;
  readonly senders: number;
  /** More arguments for our server. */
  readonly args?: readonly string[];
}

/** Starts a contestant and connects its members; both end with `stack`. */
export async function takeSeat(
  contestant: Contestant,
  stack: AsyncDisposableStack,
  options: SeatOptions,
): Promise<Seat> {
  const { members, senders, args = [] } = options;
  const accounts = Math.min(members, MAX_ACCOUNTS);
  const running = stack.use(await contestant.start({ accounts, args }));
  const { load } = await Load.open(options.load, {
    dialect: contestant.dialect,
    tls: contestant.tls ?? false,
    port: running.port,
    members,
    accounts,
    firstAccount: FIRST_ACCOUNT,
    senders,
    concurrency: contestant.concurrency,
    pids: running.pids,
  });
  stack.use(load);
  return { name: contestant.name, contestant, running, load };
}

/** A phase as figures: deliveries a second, microseconds of CPU for each, latencies in milliseconds. */
export function figuresOf(phase: Phase): Record<string, number> {
  const { deliveries, messages, seconds, serverCpu, ownCpu, latency } = phase;
  return {
    rate: deliveries / seconds,
    posts: messages / seconds,
    cpu: serverCpu / deliveries * 1e6,
    cpuPerPost: serverCpu / messages * 1e6,
    generatorCpu: ownCpu / deliveries * 1e6,
    p50: latency.p50 / 1000,
    p99: latency.p99 / 1000,
    p999: latency.p999 / 1000,
  };
}
