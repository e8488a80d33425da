/** A monitor of a server that runs with `--metrics`: it asks for pages, and reads the one that Prometheus reads. */
import { within } from "./within.ts";

/** Has a server of a test monitored. */
export const MONITORED = { metrics: { host: "127.0.0.1", port: 0 } } as const;

/** Where a server in this process said that it is monitored. */
export function monitorAddress(
  log: readonly { readonly event: string; readonly fields: { readonly address?: unknown } }[],
) {
  const address = log.find(({ event }) => event === "monitoring")?.fields.address;
  if (typeof address !== "string") throw new Error("The server is not monitored");
  return address;
}

export async function ask(address: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await within(fetch(`http://${address}${path}`), `an answer of ${address}${path}`);
  return { status: response.status, text: await response.text() };
}

/** A sample of the page: its name as it stands there, such as `chat_delivery_seconds_bucket`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the page line by line, and insists on its form. */
export async function scrape(address: string): Promise<readonly Sample[]> {
  const { status, text } = await ask(address, "/metrics");
  if (status !== 200) throw new Error(`/metrics was answered with ${status}: ${text}`);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [, name, labels = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || Number.isNaN(Number(value))) throw new Error(`No sample: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="([^"\\]*)"/g)].map(([, key = "", label = ""]) => [key, label] as const);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

/** The sum of all samples of a name that have these labels. Throws where there is none: what is looked for has a name. */
export function total(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const found = samples.filter((sample) =>
    sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value)
  );
  if (found.length === 0) throw new Error(`The page has no ${name}${JSON.stringify(labels)}`);
  return found.reduce((sum, { value }) => sum + value, 0);
}
