/** What the running server answered, in words for the operator's terminal. Pure. */
import stringWidth from "string-width";
import { visibleJson } from "../../chat/visible_json.ts";
import { formatSize } from "../../files/size.ts";
import type { Row } from "./admin_protocol.ts";

/** Rows as columns, each as wide as it has to be on a screen, with their names above. */
export function columns(rows: readonly Row[], names: readonly string[]): readonly string[] {
  const table = [names, ...rows.map((row) => names.map((name) => cell(name, row[name])))];
  const widths = names.map((_, at) => Math.max(...table.map((cells) => stringWidth(cells[at] ?? ""))));
  return table.map((cells) =>
    cells.map((text, at) => text + " ".repeat((widths[at] ?? 0) - stringWidth(text))).join("  ").trimEnd()
  );
}

/** Fields with these names are times. */
const TIMES = new Set(["since", "at", "started", "until", "created", "expires"]);

function cell(name: string, value: unknown): string {
  if (value === undefined) return "";
  if (TIMES.has(name) && typeof value === "number") return localTime(value);
  return typeof value === "string" ? visible(value) : visibleJson(value);
}

/** Text that others chose, without what could move a cursor. */
const visible = (text: string): string => visibleJson(text).slice(1, -1);

/** `YYYY-MM-DD HH:MM:SS` where this machine stands. */
export function localTime(at: number): string {
  const minutes = new Date(at).getTimezoneOffset();
  return new Date(at - minutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

/** `3 d 4 h`, `12 min`, `5 s`: the two largest units. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(
    " ",
  );
}

export function showStatus(status: Row): readonly string[] {
  const { version, pid, address, uptime, started, data } = status;
  const lines: (readonly [string, string])[] = [
    ["server", `${version}, process ${pid}, on ${address}`],
    ["up", `${duration(Number(uptime))}, since ${localTime(Number(started))}`],
    ["data", String(data)],
    ...Object.entries(SECTIONS).flatMap(([name, show]) => {
      const section = status[name];
      return isRow(section) ? [[name, show(section)] as const] : [];
    }),
    ...(Array.isArray(status.warnings) ? status.warnings : []).map((warning) => ["warning", String(warning)] as const),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${visible(text)}`);
}

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** The parts of the status that have figures of their own. */
const SECTIONS: Readonly<Record<string, (section: Row) => string>> = {
  connections: ({ open, most }) => `${open} of ${most} at the most`,
  room: ({ people, posts, head, behind }) =>
    `${people} here, ${posts} posts kept, the last is number ${head}` +
    (behind === 0 ? "" : `; ${behind} readers are behind`),
  memory: ({ rss, heap }) => `${formatSize(Number(rss))}, ${formatSize(Number(heap))} of it the program's own`,
  loop: ({ mean, p99 }) => `late by ${Number(mean).toFixed(1)} ms on average, below ${p99} ms 99 times in 100`,
  disk: ({ free }) => free === undefined ? "" : `${formatSize(Number(free))} free`,
  database: ({ kind, available, outages }) =>
    `${kind}, ${available ? "available" : "away"}${outages === 0 ? "" : `, away ${outages} times since the start`}`,
  backup: ({ at, path }) => `${localTime(Number(at))}, ${path}`,
  certificate: ({ expires }) => `valid until ${localTime(Number(expires))}`,
};
