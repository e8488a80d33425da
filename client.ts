/** `chat`: the client's executable. */
import { main } from "./lib/client/run.ts";

Deno.exit(await main(Deno.args));
