/** The measures, in the order in which they are made and shown. */
import type { Measure } from "../bench_context.ts";
import { latency } from "./latency.ts";
import { throughput } from "./throughput.ts";

export const MEASURES: readonly Measure[] = [throughput, latency];
