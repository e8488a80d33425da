/** How a running server is doing, in figures. The names of the fields keep their meaning: scripts read them. */
import { LOBBY } from "../chat/types.ts";
import { StoreUnavailable } from "../store/store.ts";
import type { Row } from "./admin_protocol.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./settings.ts";

export interface StatusSources {
  readonly services: Services;
  readonly settings: Settings;
  readonly version: string;
  /** Where it listens. */
  readonly address: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly started: number;
}

export async function statusOf({ services, settings, version, address, started }: StatusSources): Promise<Row> {
  const warnings: string[] = [];
  const { config } = settings;
  const memory = Deno.memoryUsage();
  return {
    version,
    pid: Deno.pid,
    address,
    started,
    uptime: Date.now() - started,
    data: config.dataDir,
    room: await roomOf(services, warnings),
    memory: { rss: memory.rss, heap: memory.heapUsed },
    database: { kind: config.database.replace(/:.*$/s, ""), available: warnings.length === 0 },
    warnings,
  };
}

async function roomOf({ rooms }: Services, warnings: string[]) {
  try {
    const open = await rooms.get(LOBBY);
    if (!open) return undefined;
    const { first, head } = open.room;
    return { people: open.room.members().length, first, head, posts: head - first + 1 };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    warnings.push(`${error.message}.`);
    return undefined;
  }
}
