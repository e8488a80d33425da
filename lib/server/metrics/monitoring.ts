/**
 * What monitors ask over HTTP: `/metrics` for Prometheus, `/healthz` (the process lives), `/readyz` (it serves: send people here).
 *
 * A page is made at most once in a while, whoever asks how often, so that watching costs the watched next to nothing.
 */
import { LOBBY } from "../../chat/types.ts";
import { formatAddress } from "../../net/format_address.ts";
import { type Page, type PageServer, plainPage, servePages } from "../../net/http_pages.ts";
import { within } from "../../net/within.ts";
import type { Store } from "../../store/store.ts";
import { explained } from "../explained.ts";
import { type Log, reasonOf } from "../log.ts";
import type { Metrics } from "./metrics.ts";
import { metricsPage } from "./metrics_page.ts";
import type { ListenAddress } from "../config/parse_listen_address.ts";
import type { Snapshot } from "./snapshot.ts";

/** A page stays as it is for so long. */
const FRESH_MS = 100;
/** What the database may take to answer before it counts as away. */
const DATABASE_MS = 2000;

/** Where the server is between its start and its end. */
export interface Stage {
  at: "starting" | "serving" | "draining";
}

export interface Monitored {
  readonly address: ListenAddress;
  /** Whether the server before this one may still be asked there. */
  readonly beside: boolean;
  readonly log: Log;
  readonly version: string;
  readonly metrics: Metrics;
  readonly stage: Readonly<Stage>;
  readonly store: Pick<Store, "head">;
  readonly snapshot: () => Snapshot;
}

/** Lets monitors ask until it is closed. Rejects with a sentence when the address cannot be used. */
export async function openMonitoring(monitored: Monitored): Promise<PageServer> {
  const { address, beside, log } = monitored;
  const answer = await answering(monitored);
  const failed = (error: unknown) => log("monitoring-failed", { reason: reasonOf(error) });
  const pages = await explained(
    () => servePages({ hostname: address.host, port: address.port, beside, answer, failed }),
    {
      what: `listen on ${formatAddress(address)}`,
      remedy: "Choose another address with --metrics, or stop what is using this one",
    },
  );
  const { hostname, port } = pages.address;
  log("monitoring", { address: formatAddress({ host: hostname, port }) });
  return pages;
}

/** The answers, by path. */
async function answering(monitored: Monitored): Promise<(path: string) => Page | Promise<Page>> {
  const { version, metrics, snapshot } = monitored;
  const metricsNow = shared(await metricsPage(() => ({ metrics, version, snapshot: snapshot() })));
  const readiness = shared(() => whetherReady(monitored));
  return (path) => {
    switch (path) {
      case "/metrics":
        return metricsNow();
      case "/healthz":
        return plainPage(200, "ok");
      case "/readyz":
        return readiness();
      default:
        return plainPage(404, "Here are /metrics, /healthz and /readyz.");
    }
  };
}

async function whetherReady({ stage, metrics, store }: Monitored): Promise<Page> {
  if (stage.at !== "serving") return plainPage(503, stage.at);
  // Asked, since nobody else may have needed it for a while.
  const answered = await within(store.head(LOBBY).then(() => true, () => false), DATABASE_MS);
  return answered && metrics.database.available ? plainPage(200, "ready") : plainPage(503, "database unavailable");
}

/** Makes a page at most every so often; who asks in between gets the last one. */
function shared(make: () => Promise<Page>): () => Promise<Page> {
  let page: Promise<Page> | undefined;
  let until = 0;
  return () => {
    if (page && performance.now() < until) return page;
    until = Infinity;
    page = make().finally(() => until = performance.now() + FRESH_MS);
    return page;
  };
}
