/** The server, with a way to crash its database's thread from inside: SIGUSR1 sends it what it cannot bear. */
import { main } from "../../lib/server/main.ts";

let database: Worker | undefined;
const RealWorker = Worker;
globalThis.Worker = class extends RealWorker {
  constructor(specifier: string | URL, options?: WorkerOptions) {
    super(specifier, options);
    if (String(specifier).endsWith("/sqlite_worker.ts")) database = this;
  }
};
// No call is null: taking it apart throws where nothing catches.
Deno.addSignalListener("SIGUSR1", () => database?.postMessage(null));

Deno.exit(await main(Deno.args));
