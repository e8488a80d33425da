/** `chat`: the client's executable. */
import config from "./deno.json" with { type: "json" };
import { main } from "./lib/client/run.ts";

Deno.exit(await main(Deno.args, config.version));
