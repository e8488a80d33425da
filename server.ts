/** `chat-server`: the server's executable. */
import config from "./deno.json" with { type: "json" };
import { main } from "./lib/server/run.ts";

Deno.exit(await main(Deno.args, config.version));
