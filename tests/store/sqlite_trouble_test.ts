/** The embedded store in trouble: a process that is killed, a disk that is full. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Post } from "../../lib/chat/types.ts";
import type { StoreState } from "../../lib/store/availability.ts";
import { openSqlite } from "../../lib/store/sqlite.ts";
import { StoreUnavailable } from "../../lib/store/store.ts";
import { mountSmallDisk } from "../support/small_disk.ts";
import { until } from "../support/within.ts";
import { AT, draft, withStore } from "./store_suite.ts";

const program = fileURLToPath(new URL("./sqlite_program.ts", import.meta.url));

/** Gathers lines as they come; resolves at the end of the stream. */
async function gatherLines(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  }
}

Deno.test({
  name: "one process has the file; when it is killed all that it acknowledged is there",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const file = join(folder, "chat.sqlite");
    const args = ["run", "--no-check", "--allow-read", "--allow-write", "--allow-env", program, file];
    const child = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" }).spawn();
    const acknowledged: string[] = [];
    const output = gatherLines(child.stdout, acknowledged);
    try {
      await until(() => acknowledged.length >= 50, "posts to be acknowledged");
      await assert.rejects(openSqlite(file), /another server is using it/);
      child.kill("SIGKILL");
      await output;
      await withStore(() => openSqlite(file), async (store) => {
        const posts = await store.posts("lobby", { after: 0, limit: 1_000_000 });
        assert.deepEqual(posts.map(({ seq }) => seq), posts.map((_, index) => index + 1));
        assert.deepEqual(acknowledged, posts.slice(0, acknowledged.length).map(({ seq }) => `${seq}`));
        assert.equal(await store.head("lobby"), posts.length);
      });
    } finally {
      try {
        child.kill("SIGKILL");
      } catch { /* It has been killed. */ }
      await Promise.all([child.status, output]);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

const trial = await mountSmallDisk(1);
await trial?.[Symbol.asyncDispose]();

Deno.test({
  name: `a full disk is said, loses nothing, and passes${trial ? "" : " (needs the right to mount a small disk)"}`,
  ignore: trial === undefined,
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    await using disk = await mountSmallDisk(1);
    assert.ok(disk);
    const ballast = join(disk.folder, "ballast");
    await Deno.writeFile(ballast, new Uint8Array(400_000));
    const states: StoreState[] = [];
    const open = () => openSqlite(join(disk.folder, "chat.sqlite"), { onState: (state) => states.push(state) });
    const acknowledged: Post[] = [];
    await withStore(open, async (store) => {
      const append = async (drafts: Parameters<typeof store.append>[1]) => {
        for (const result of await store.append("lobby", drafts, AT)) {
          assert.equal(result.status, "stored");
          acknowledged.push(result.post);
        }
      };
      const big = () => [draft("x".repeat(20_000)), draft("y".repeat(20_000))];
      let last = big();
      await assert.rejects(async () => {
        for (let i = 0; i < 100; i++) await append(last = big());
      }, (error) => {
        assert.ok(error instanceof StoreUnavailable);
        assert.match(error.message, /full/);
        return true;
      });
      assert.ok(acknowledged.length > 0);
      assert.deepEqual(states.map(({ available }) => available), [true, false]);
      // What can be read still is.
      assert.deepEqual(await store.posts("lobby", { after: 0, limit: 1000 }), acknowledged);
      await assert.rejects(store.append("lobby", last, AT), StoreUnavailable);
      assert.equal(states.length, 2);

      await Deno.remove(ballast);
      await append(last);
      assert.deepEqual(states.map(({ available }) => available), [true, false, true]);
    });
    await withStore(open, async (store) => {
      assert.deepEqual(await store.posts("lobby", { after: 0, limit: 1000 }), acknowledged);
      assert.deepEqual(acknowledged.map(({ seq }) => seq), acknowledged.map((_, index) => index + 1));
    });
  },
});

Deno.test("a store of normal durability stores as well", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const open = () => openSqlite(join(folder, "chat.sqlite"), { durability: "normal" });
    await withStore(open, async (store) => void await store.append("lobby", [draft("hello")], AT));
    await withStore(open, async (store) => assert.equal(await store.head("lobby"), 1));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
