/** The figures as pictures: SVG without a browser, in colours that can be read on white and on black. */
import * as echarts from "echarts";
import type { Outcome, Sample } from "./bench_context.ts";
import { medianOf } from "./figures.ts";
import { HISTORY_SIZES, historyName } from "./measures/history.ts";
import { flowCase, nameOf, RECEIVERS } from "./measures/throughput.ts";

export interface Plot {
  /** In image/. */
  readonly file: string;
  readonly alt: string;
  readonly svg: string;
}

interface Axis {
  readonly name: string;
  readonly logarithmic?: boolean;
}

interface Lines {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

const INK = "#7a828c";
const GRID = "#7a828c40";
const COLOURS: Readonly<Record<string, string>> = {
  "ours": "#2f81f7",
  "ours on MariaDB": "#a371f7",
  "ours over TLS": "#db61a2",
  "reference": "#8b949e",
  "ngircd": "#d29922",
  "InspIRCd": "#3fb950",
  "SQLite": "#2f81f7",
  "MariaDB": "#a371f7",
};

/** The plots that these measures have the figures for. */
export function plotsOf(measures: readonly (Pick<Outcome, "samples"> & { readonly name: string })[]): Plot[] {
  const samples = (name: string) => measures.find((measure) => measure.name === name)?.samples ?? [];
  const receivers = { name: "receivers", logarithmic: true };
  const plots = [
    {
      file: "bench-throughput.svg",
      samples: samples("throughput"),
      plot: overReceivers("Deliveries a second (64 B, 10 × 16 in flight)", {
        value: "rate",
        x: receivers,
        y: "deliveries/s",
      }),
    },
    {
      file: "bench-cpu.svg",
      samples: samples("throughput"),
      plot: overReceivers("Server CPU per delivery", { value: "cpu", x: receivers, y: "µs" }),
    },
    {
      file: "bench-history.svg",
      samples: samples("history"),
      plot: (found: readonly Sample[]): Lines => ({
        title: "A page of 100 events, p99",
        x: { name: "posts stored", logarithmic: true },
        y: { name: "ms" },
        lines: linesOf(found, HISTORY_SIZES, { case: historyName, value: "p99" }),
      }),
    },
  ];
  return plots.filter((plot) => plot.samples.length > 0).map(({ file, samples, plot }) => {
    const lines = plot(samples);
    return { file, alt: lines.title, svg: draw(lines) };
  });
}

const overReceivers =
  (title: string, { value, x, y }: { readonly value: string; readonly x: Axis; readonly y: string }) =>
  (samples: readonly Sample[]): Lines => ({
    title,
    x,
    y: { name: y, logarithmic: true },
    lines: linesOf(samples, RECEIVERS, { case: (receivers) => nameOf(flowCase(receivers, 64, 16)), value }),
  });

function linesOf(
  samples: readonly Sample[],
  xs: readonly number[],
  of: { readonly case: (x: number) => string; readonly value: string },
): Lines["lines"] {
  return [...new Set(samples.map(({ contestant }) => contestant))].map((contestant) => ({
    name: contestant,
    points: xs
      .map((x) => [x, medianOf(samples, { case: of.case(x), contestant, value: of.value })] as const)
      .filter(([, y]) => Number.isFinite(y)),
  })).filter(({ points }) => points.length > 1);
}

function draw({ title, x, y, lines }: Lines): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 560, height: 320 });
  const axis = ({ name, logarithmic }: Axis) => ({
    type: logarithmic ? "log" as const : "value" as const,
    name,
    nameTextStyle: { color: INK },
    axisLabel: { color: INK },
    axisLine: { lineStyle: { color: INK } },
    splitLine: { lineStyle: { color: GRID } },
  });
  chart.setOption({
    animation: false,
    title: { text: title, textStyle: { color: INK, fontSize: 14 } },
    legend: { bottom: 0, textStyle: { color: INK } },
    grid: { left: 92, right: 90, top: 60, bottom: 60 },
    xAxis: axis(x),
    yAxis: axis(y),
    series: lines.map(({ name, points }) => ({
      type: "line",
      name,
      data: points.map((point) => [...point]),
      symbolSize: 6,
      color: COLOURS[name] ?? INK,
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg + "\n";
}
