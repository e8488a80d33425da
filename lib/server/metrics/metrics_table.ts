/**
 * Every metric of the page that Prometheus reads, as one table: the page and the reference for operators are made from it.
 * Names are Prometheus's way: seconds and bytes, `_total` for what only grows. A name keeps its meaning for ever.
 */
import type { Distribution } from "../distribution.ts";
import { LOGIN_METHODS, LOGIN_OUTCOMES, type Metrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

/** What there is to tell of. */
export interface Observed {
  readonly metrics: Metrics;
  readonly snapshot: Snapshot;
  readonly version: string;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type MetricSpec =
  & { readonly about: string }
  & (
    | {
      readonly type: "counter" | "gauge";
      readonly labels: readonly string[];
      /** None where it is not known. */
      readonly read: (observed: Observed) => readonly Sample[];
    }
    | { readonly type: "histogram"; readonly read: (metrics: Metrics) => Distribution }
  );

export const METRICS = {
  chat_build_info: {
    type: "gauge",
    labels: ["version", "deno"],
    about: "Always 1; which version runs, on which Deno.",
    read: ({ version }) => [{ labels: { version, deno: Deno.version.deno }, value: 1 }],
  },
  chat_connections: {
    type: "gauge",
    labels: ["dialect", "logged_in"],
    about: "Open connections. A person on the old client has two.",
    read: ({ snapshot: { census } }) =>
      (["modern", "legacy"] as const).flatMap((dialect) => [
        { labels: { dialect, logged_in: "yes" }, value: census[dialect].users },
        { labels: { dialect, logged_in: "no" }, value: census[dialect].visitors },
      ]),
  },
  chat_people: gauge("Different accounts that are logged in.", ({ snapshot }) => snapshot.census.people),
  chat_connections_accepted_total: counter("Connections that came.", ({ connections }) => connections.accepted),
  chat_connections_rejected_total: counter(
    "Connections that were closed at once, there being no room for more.",
    ({ connections }) => connections.rejected,
  ),
  chat_logins_total: {
    type: "counter",
    labels: ["method", "outcome"],
    about: "Attempts to log in. `busy` and `unavailable` ones may be made again.",
    read: ({ metrics: { logins } }) =>
      LOGIN_METHODS.flatMap((method) =>
        LOGIN_OUTCOMES.map((outcome) => ({ labels: { method, outcome }, value: logins[method][outcome] }))
      ),
  },
  chat_refusals_total: labelled("code", "Errors that peers were told, by their code.", ({ refusals }) => refusals),
  chat_passwords_waiting: gauge("Passwords that wait to be checked.", ({ snapshot }) => snapshot.passwordsWaiting),

  chat_posts_total: labelled("type", "Posts that were stored.", ({ posts: { post, image, file } }) => ({
    text: post,
    image,
    file,
  })),
  chat_posts_repeated_total: counter(
    "Posts that came again, their acknowledgement having been lost; each is stored once.",
    ({ repeated }) => repeated,
  ),
  chat_deliveries_total: counter("Posts handed to receivers: posts × receivers.", ({ deliveries }) => deliveries),
  chat_delivered_bytes_total: counter(
    "Bytes of rooms handed to receivers: posts, and who comes and goes.",
    ({ deliveredBytes }) => deliveredBytes,
  ),
  chat_delivery_seconds: {
    type: "histogram",
    about: "From a post's arrival until all who read as fast as the room talks have been handed it, the disk included.",
    read: ({ deliverySeconds }) => deliverySeconds,
  },
  chat_received_bytes_total: counter("Bytes that came from all connections.", ({ traffic }) => traffic.received),
  chat_sent_bytes_total: counter("Bytes that all connections took.", ({ traffic }) => traffic.sent),
  chat_lag_events: gauge(
    "Posts that the slowest reader has not been handed yet.",
    ({ snapshot }) => snapshot.lag.events,
  ),
  chat_lag_bytes: gauge(
    "Bytes that the slowest of those who read from memory has not been handed yet.",
    ({ snapshot }) => snapshot.lag.bytes,
  ),
  chat_readers_behind: gauge(
    "Readers that get what they missed from the database.",
    ({ snapshot }) => snapshot.lag.behind,
  ),
  chat_fell_behind_total: counter("Times that a reader was too slow for `--ring`.", ({ fellBehind }) => fellBehind),

  chat_journal_batch_posts: {
    type: "histogram",
    about: "Posts of one transaction.",
    read: ({ batchPosts }) => batchPosts,
  },
  chat_journal_commit_seconds: {
    type: "histogram",
    about: "What a transaction took.",
    read: ({ commitSeconds }) => commitSeconds,
  },
  chat_database_up: gauge("Whether the database can be used.", ({ metrics }) => Number(metrics.database.available)),
  chat_database_outages_total: counter("Times that the database was lost.", ({ database }) => database.outages),
  chat_database_errors_total: labelled(
    "kind",
    "Calls to the database that failed: it was away, or we made a mistake.",
    ({ database: { unavailable, failed } }) => ({ unavailable, failed }),
  ),

  chat_transfers: {
    type: "gauge",
    labels: ["direction"],
    about: "Files on their way.",
    read: ({ snapshot: { census } }) => samples("direction", { upload: census.uploads, download: census.downloads }),
  },
  chat_transfers_finished_total: labelled("direction", "Files that arrived.", ({ uploads, downloads }) => ({
    upload: uploads.finished,
    download: downloads.finished,
  })),
  chat_transfer_bytes_total: labelled("direction", "Bytes of files.", ({ uploads, downloads }) => ({
    upload: uploads.bytes,
    download: downloads.bytes,
  })),

  chat_event_loop_delay_seconds: {
    type: "histogram",
    about: "By how much timers are late: what everything waits for when the server has too much to do.",
    read: ({ loopDelaySeconds }) => loopDelaySeconds,
  },
  chat_heap_bytes: gauge("What the program's objects take.", ({ snapshot }) => snapshot.memory.heap),
  process_resident_memory_bytes: gauge("Memory in all.", ({ snapshot }) => snapshot.memory.resident),
  process_cpu_seconds_total: {
    type: "counter",
    labels: [],
    about: "CPU time, all threads together.",
    read: ({ snapshot }) => [{ labels: {}, value: snapshot.cpuSeconds }],
  },
  process_open_fds: {
    type: "gauge",
    labels: [],
    about: "Open file descriptors; left out where the system or the runtime does not say.",
    read: ({ snapshot: { descriptors } }) => descriptors === undefined ? [] : [{ labels: {}, value: descriptors }],
  },
  process_start_time_seconds: gauge(
    "When the server started, since 1970-01-01 UTC.",
    ({ metrics }) => metrics.since / 1000,
  ),
} as const satisfies Readonly<Record<string, MetricSpec>>;

function gauge(about: string, read: (observed: Observed) => number): MetricSpec {
  return { type: "gauge", labels: [], about, read: (observed) => [{ labels: {}, value: read(observed) }] };
}

function counter(about: string, read: (metrics: Metrics) => number): MetricSpec {
  return { type: "counter", labels: [], about, read: ({ metrics }) => [{ labels: {}, value: read(metrics) }] };
}

/** A counter for each value of a label. */
function labelled(
  label: string,
  about: string,
  read: (metrics: Metrics) => Readonly<Record<string, number>>,
): MetricSpec {
  return { type: "counter", labels: [label], about, read: ({ metrics }) => samples(label, read(metrics)) };
}

function samples(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}
