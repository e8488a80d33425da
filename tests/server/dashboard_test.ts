/** The dashboard asks for nothing that a running server does not tell, and for everything that it does. */
import assert from "node:assert/strict";
import { parser } from "@prometheus-io/lezer-promql";
import dashboard from "../../lib/server/grafana.json" with { type: "json" };
import { METRICS } from "../../lib/server/metrics/metrics_table.ts";
import { monitorAddress, MONITORED, type Sample, scrape } from "../support/monitor.ts";
import { serve } from "../support/server.ts";

/** Labels that Prometheus itself adds to whatever it reads. */
const OF_PROMETHEUS = ["job", "instance"];

interface Query {
  readonly text: string;
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** What a query asks for. Throws when Prometheus would not understand it; Grafana's variables are filled in before. */
function read(text: string): Query {
  const filled = text.replaceAll("$__rate_interval", "1m");
  const metrics: string[] = [], labels: string[] = [];
  parser.parse(filled).iterate({
    enter({ type, from, to }) {
      const word = filled.slice(from, to);
      if (type.isError) throw new Error(`Not understood from "${filled.slice(from, from + 20)}" on: ${text}`);
      if (type.name === "Identifier") metrics.push(word);
      if (type.name === "LabelName") labels.push(word);
    },
  });
  return { text, metrics, labels };
}

/** Whether the page has what a query asks for: its metrics, and each label at one of them. */
function missing({ metrics, labels }: Query, page: readonly Sample[]): string[] {
  const asked = page.filter(({ name }) => metrics.includes(name));
  const known = new Set([...OF_PROMETHEUS, ...asked.flatMap((sample) => Object.keys(sample.labels))]);
  return [
    ...metrics.filter((metric) => !asked.some(({ name }) => name === metric)),
    ...labels.filter((label) => !known.has(label)),
  ];
}

const targets = dashboard.panels.flatMap(({ targets }) => targets);

Deno.test("dashboard: what it asks for stands on the page of a running server", async () => {
  await using server = await serve(MONITORED);
  const page = await scrape(monitorAddress(server.log));
  for (const { expr, legendFormat } of targets) {
    const query = read(expr);
    assert.ok(query.metrics.length > 0, expr);
    assert.deepEqual(missing(query, page), [], expr);
    // What a legend names has to be left by the query.
    const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
    for (const label of named) assert.ok(query.labels.includes(label), `${legendFormat}: ${expr}`);
  }
  assert.deepEqual(missing(read('rate(chat_nonsense_total{job="$job"}[1m])'), page), ["chat_nonsense_total"]);
  assert.deepEqual(missing(read("sum by (kind) (chat_posts_total)"), page), ["kind"]);
  assert.throws(() => read("sum by (chat_posts_total"));
});

Deno.test("dashboard: every metric is on it", () => {
  const asked = new Set(targets.flatMap(({ expr }) => read(expr).metrics));
  const forgotten = Object.keys(METRICS).filter((name) =>
    ![name, `${name}_bucket`].some((sample) => asked.has(sample))
  );
  assert.deepEqual(forgotten, []);
});
