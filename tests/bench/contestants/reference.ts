/** The practical limit, reference.c. */
import { startProcess } from "../server_process.ts";
import { type Contestant, temporaryFolder } from "./contestant.ts";

/** With `dropOneIn` it leaves out one delivery in so many. */
export function reference(program: string, options: { readonly dropOneIn?: number } = {}): Contestant {
  const fault = options.dropOneIn === undefined ? [] : ["--drop-one-in", String(options.dropOneIn)];
  return {
    name: "reference",
    dialect: "plain",
    longest: 60_000,
    concurrency: 64,
    start: async () => {
      await using stack = new AsyncDisposableStack();
      const folder = await temporaryFolder(stack);
      const process = stack.use(await startProcess({ command: [program, "--folder", folder, ...fault], folder }));
      const owned = stack.move();
      return { port: process.port, pids: [process.pid], [Symbol.asyncDispose]: () => owned.disposeAsync() };
    },
  };
}
