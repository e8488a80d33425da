/** A program for `tty_test.ts` to run in a terminal: says what it reads, a line for each batch of keys. */
import { Tty } from "../../lib/terminal/tty.ts";

const [how] = Deno.args;
const stop = new AbortController();
await using tty = Tty.open();
tty.onResize(({ columns, rows }) => tty.write(`size ${columns}x${rows}\r\n`), stop.signal);
tty.write("ready\r\n");
for await (const keys of tty.keys(stop.signal)) {
  tty.write(`${JSON.stringify(keys)}\r\n`);
  if (!keys.some((key) => key.type === "key" && key.chord === "ctrl-c")) continue;
  if (how === "throw") throw new Error("meant to happen");
  if (how === "exit") Deno.exit(3);
  if (how === "a callback's error") {
    queueMicrotask(() => {
      throw new Error("meant to happen");
    });
    continue;
  }
  if (how === "a rejection that nobody hears") {
    void Promise.reject(new Error("meant to happen"));
    continue;
  }
  break;
}
stop.abort();
tty.write("bye\r\n");
