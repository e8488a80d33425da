/** How a running server is doing, in figures. The names of the fields keep their meaning: scripts read them. */
import { LOBBY } from "../../chat/types.ts";
import { StoreUnavailable } from "../../store/store.ts";
import type { Row } from "./admin_protocol.ts";
import type { Admission } from "../admission.ts";
import type { Distribution } from "../distribution.ts";
import { LITTLE_ROOM, roomOnDisk } from "../disk.ts";
import { lastBackup } from "../archive/last_backup.ts";
import type { Services } from "../services.ts";
import type { Settings } from "../config/settings.ts";
import { EXPIRES_SOON_MS, type Tls } from "../tls/tls.ts";

export interface StatusSources {
  readonly services: Services;
  readonly admission: Admission;
  /** Nothing when TLS is off. */
  readonly tls: Tls | undefined;
  readonly settings: Settings;
  readonly version: string;
  /** Where it listens. */
  readonly address: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly started: number;
}

/** Above this share of what is allowed, somebody will be turned away before long. */
const NEARLY_FULL = 0.9;
/** Milliseconds by which a healthy loop is hardly ever late; and looks at it, of which a start takes the first. */
const SLOW_MS = 100, LOOKS = 240;

/** Sizes are bytes, durations milliseconds, times milliseconds since 1970-01-01 UTC. */
export async function statusOf(sources: StatusSources): Promise<Row> {
  const { services, admission, tls, settings, version, address, started } = sources;
  const { metrics, guard } = services;
  const { dataDir, database } = settings.config;
  const { people, ...census } = admission.census();
  const memory = Deno.memoryUsage();
  const delay = { mean: mean(metrics.loopDelaySeconds) * 1000, p99: quantile(metrics.loopDelaySeconds, 0.99) * 1000 };
  const disk = roomOnDisk(dataDir);
  const { available, outages } = metrics.database;
  const connections = countOf(census.modern) + countOf(census.legacy);
  const { most } = guard.connections;
  const warnings = [
    ...(available ? [] : ["The database is away: nothing is acknowledged until it is back."]),
    ...(connections >= most * NEARLY_FULL ? [`There are ${connections} connections, and ${most} are allowed.`] : []),
    ...(delay.p99 >= SLOW_MS && metrics.loopDelaySeconds.count >= LOOKS
      ? ["The event loop is often late: the machine has too much to do."]
      : []),
    ...(disk !== undefined && disk < LITTLE_ROOM ? ["The disk of the data folder is nearly full."] : []),
    ...(tls && tls.expires - Date.now() < EXPIRES_SOON_MS ? ["The certificate is about to expire, or has."] : []),
  ];
  return {
    version,
    pid: Deno.pid,
    address,
    started,
    uptime: Date.now() - started,
    data: dataDir,
    people,
    connections: { open: connections, most, ...census },
    room: await roomOf(services),
    memory: { rss: memory.rss, heap: memory.heapUsed },
    loop: delay,
    disk: { free: disk },
    database: { kind: database.replace(/:.*$/s, ""), available, outages },
    backup: await lastBackup(dataDir),
    certificate: tls && { expires: tls.expires, fingerprint: tls.fingerprint },
    warnings,
  };
}

async function roomOf({ rooms }: Services) {
  try {
    const open = await rooms.get(LOBBY);
    if (!open) return undefined;
    const { first, head } = open.room;
    const { behind, events } = open.room.lag();
    return { people: open.room.members().length, first, head, posts: head - first + 1, behind, lag: events };
  } catch (error) {
    if (error instanceof StoreUnavailable) return undefined;
    throw error;
  }
}

const countOf = ({ users, visitors }: { readonly users: number; readonly visitors: number }) => users + visitors;

const mean = ({ sum, count }: Distribution): number => count === 0 ? 0 : sum / count;

/** The bound below which that share of the values lies; twice the last one for those above it. */
function quantile({ bounds, counts, count }: Distribution, share: number): number {
  let below = 0;
  const at = counts.findIndex((some) => (below += some) >= share * count);
  return bounds[at] ?? 2 * (bounds.at(-1) ?? 0);
}
