/** `chat-server`: the server's executable. */
import { main } from "./lib/server/main.ts";

Deno.exit(await main(Deno.args));
