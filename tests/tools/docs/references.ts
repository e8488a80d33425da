/** What the log can say, and what monitors can read, for whoever operates a server. */
import { LOG_EVENTS } from "../../../lib/server/log_events.ts";
import { LOG_FIELDS } from "../../../lib/server/log_fields.ts";
import { METRICS, type MetricSpec } from "../../../lib/server/metrics/metrics_table.ts";
import { table } from "../marked.ts";

const code = (text: string) => `\`${text}\``;

interface Event {
  readonly level: string;
  readonly of: "server" | "connection";
  readonly fields: readonly string[];
  readonly maybe?: readonly string[];
  readonly about: string;
}

export function logReference(): string[] {
  const rows = Object.entries<Event>(LOG_EVENTS).map(([event, { level, of, fields, maybe = [], about }]) => [
    code(event),
    level,
    about,
    [...(of === "connection" ? ["…"] : []), ...fields.map(code), ...maybe.map((field) => `(${code(field)})`)].join(" "),
  ]);
  const fields = Object.entries(LOG_FIELDS).map(([field, { type, about }]) => [code(field), type, about]);
  return [
    ...table(["event", "level", "what has happened", "fields"], rows),
    "",
    "`…` stands for `connection`, `peer`, and where there are any `account` and `dialect`; a field in brackets may be missing.",
    "",
    ...table(["field", "is a", "what it says"], fields),
  ];
}

export function metricsReference(): string[] {
  const rows = Object.entries<MetricSpec>(METRICS).map(([name, spec]) => [
    code(name),
    spec.type,
    spec.type === "histogram" ? "" : spec.labels.map(code).join(" "),
    spec.about,
  ]);
  return table(["metric", "is a", "labels", "what it counts"], rows);
}
