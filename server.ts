/** `chat-server`: the server's executable. */
import { main } from "./lib/server/run.ts";

Deno.exit(await main(Deno.args));
