/** The measures, in the order in which they are made and shown. */
import type { Measure } from "../bench_context.ts";
import { burst } from "./burst.ts";
import { durable } from "./durable.ts";
import { history } from "./history.ts";
import { latency } from "./latency.ts";
import { logins } from "./logins.ts";
import { memory } from "./memory.ts";
import { relay } from "./relay.ts";
import { returning } from "./returning.ts";
import { single } from "./single.ts";
import { slowReaders } from "./slow_readers.ts";
import { throughput } from "./throughput.ts";
import { upgrade } from "./upgrade.ts";

export const MEASURES: readonly Measure[] = [
  throughput,
  latency,
  slowReaders,
  returning,
  upgrade,
  durable,
  single,
  burst,
  memory,
  logins,
  history,
  relay,
];
