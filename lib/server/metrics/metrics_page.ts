/**
 * The page that Prometheus reads. The library is loaded when a page is wanted for the first time: a server without one does
 * not start more slowly for it. Of the library come the registry and the page's form; what is counted stands in `metrics.ts`.
 */
import type { Page } from "../../net/http_pages.ts";
import type { Distribution } from "../distribution.ts";
import { METRICS, type MetricSpec, type Observed } from "./metrics_table.ts";

/** Makes the page anew at each call. */
export async function metricsPage(observe: () => Observed): Promise<() => Promise<Page>> {
  const { Registry, Counter, Gauge, Histogram } = await import("prom-client");
  const registry = new Registry();
  let observed = observe();
  for (const [name, spec] of Object.entries<MetricSpec>(METRICS)) {
    const named = { name, help: spec.about, registers: [registry] };
    switch (spec.type) {
      case "histogram": {
        const histogram = new Histogram({ ...named, buckets: [] });
        // Asked for its values by the registry, in this order of methods.
        const get = () => Promise.resolve(histogramOf(named, spec.read(observed.metrics)));
        Object.assign(histogram, { get, getForPromString: get });
        break;
      }
      case "counter":
        new Counter({
          ...named,
          labelNames: [...spec.labels],
          collect() {
            this.reset();
            for (const { labels, value } of spec.read(observed)) this.inc(labels, value);
          },
        });
        break;
      case "gauge":
        new Gauge({
          ...named,
          labelNames: [...spec.labels],
          collect() {
            this.reset();
            for (const { labels, value } of spec.read(observed)) this.set(labels, value);
          },
        });
        break;
      default:
        spec satisfies never;
    }
  }
  return async () => {
    observed = observe();
    return { status: 200, type: registry.contentType, text: await registry.metrics() };
  };
}

/** A distribution in the library's form: each bucket counts all that is not above its bound. */
function histogramOf({ name, help }: { readonly name: string; readonly help: string }, distribution: Distribution) {
  let below = 0;
  const bucket = (le: string, count: number) => ({
    metricName: `${name}_bucket`,
    labels: { le },
    value: below += count,
  });
  const { bounds, counts, sum, count } = distribution;
  return {
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    values: [
      ...bounds.map((bound, index) => bucket(String(bound), counts[index] ?? 0)),
      bucket("+Inf", counts.at(-1) ?? 0),
      { metricName: `${name}_sum`, labels: {}, value: sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ],
  };
}
