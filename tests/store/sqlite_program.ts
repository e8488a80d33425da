// deno-lint-ignore-file no-console -- it speaks to the test that runs it
/** A process that posts to the embedded database in the given file, one after the other, and says each number once it is durable. */
import { openSqlite } from "../../lib/store/sqlite.ts";

const store = await openSqlite(Deno.args[0] ?? "");
for (;;) {
  const from = { account: 1001, name: "Alice" };
  const [result] = await store.append("lobby", [{ id: crypto.randomUUID(), from, type: "post", text: "hello" }], 1);
  if (result?.status === "stored") console.log(result.post.seq);
}
