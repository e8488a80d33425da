/** The client, with a way to crash it from outside: on SIGUSR1 it throws where nothing catches. */
import { main } from "../../lib/client/run.ts";

Deno.addSignalListener("SIGUSR1", () => {
  throw new Error("meant to happen");
});

Deno.exit(await main(Deno.args));
