import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import layers from "./layers.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the rules say about `source` if it stood at `path`. */
function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(layers, join(root, path), source).map((found) => found.message);
}

const legal: readonly (readonly [path: string, source: string])[] = [
  ["lib/chat/room.ts", `import { LOBBY } from "./types.ts";`],
  ["lib/chat/room.ts", `export interface Box { readonly fetch: number; console(): void }`],
  ["lib/chat/room.ts", `export const f = (box: { fetch(): number }) => [box.fetch(), new Date(0), { crypto: 1 }];`],
  ["lib/chat/room.ts", `// await Deno.open\nexport const text = "await Deno.open(Date.now())";`],
  ["lib/protocol/frame.ts", `import type { Post } from "../chat/types.ts"; import * as v from "valibot";`],
  ["lib/net/connection.ts", `import { x } from "../protocol/frame.ts"; await Deno.listen({ port: 0 });`],
  ["lib/server/run.ts", `import { x } from "../store/store.ts"; import { createPool } from "mysql2/promise";`],
  ["lib/store/sqlite.ts", `new Worker(new URL("./sqlite_worker.ts", import.meta.url), { type: "module" });`],
  ["lib/client/run.ts", `import { x } from "../terminal/keys.ts"; import { join } from "node:path";`],
  ["lib/terminal/screen.ts", `Deno.stdin.setRaw(true); Deno.consoleSize();`],
  ["lib/client/run.ts", `import * as clack from "@clack/prompts";`],
  ["server.ts", `import { run } from "./lib/server/run.ts";`],
  ["client.ts", `import { run } from "./lib/client/run.ts"; import c from "./deno.json" with { type: "json" };`],
  ["tests/e2e/x_test.ts", `import { run } from "../../lib/server/run.ts"; import fc from "fast-check";`],
];

const breaches: readonly (readonly [path: string, source: string, says: RegExp])[] = [
  ["lib/chat/room.ts", `import type { F } from "../protocol/frame.ts";`, /lib\/protocol\/frame\.ts is out of bounds/],
  ["lib/terminal/keys.ts", `export * from "../chat/types.ts";`, /nothing of ours/],
  ["lib/protocol/frame.ts", `export { x } from "../store/store.ts";`, /protocol may import lib\/chat/],
  ["lib/net/connection.ts", `import "../chat/types.ts";`, /net may import lib\/protocol/],
  ["lib/store/sqlite.ts", `const m = await import("../files/blobs.ts");`, /store may import lib\/chat/],
  ["lib/store/mysql.ts", `type M = import("../net/connection.ts").Connection;`, /store may import lib\/chat/],
  ["lib/files/blobs.ts", `new URL("../store/w.ts", import.meta.url);`, /files may import lib\/chat/],
  ["lib/client/run.ts", `import { x } from "../store/store.ts";`, /out of bounds/],
  ["lib/server/run.ts", `import { x } from "../../tests/support/mariadb.ts";`, /out of bounds/],
  ["lib/server/run.ts", `import { x } from "../terminal/keys.ts";`, /out of bounds/],
  ["lib/server/run.ts", `import c from "../../deno.json" with { type: "json" };`, /deno\.json is out of bounds/],
  ["lib/other/x.ts", `import { x } from "../chat/types.ts";`, /other may import nothing/],
  ["server.ts", `import { LOBBY } from "./lib/chat/types.ts";`, /server\.ts may import lib\/server/],
  ["client.ts", `import { run } from "./lib/server/run.ts";`, /client\.ts may import lib\/client/],
  ["lib/server/run.ts", `import { x } from "jsr:@std/path";`, /not among the imports/],
  ["lib/server/run.ts", `import { x } from "https://example.com/x.ts";`, /not among the imports/],
  ["tests/e2e/x_test.ts", `import { x } from "npm:left-pad";`, /not among the imports/],
  ["lib/client/run.ts", `import { x } from "pngjsx";`, /not among the imports/],
  ["lib/protocol/frame.ts", `import { Buffer } from "node:buffer";`, /pure: it imports no node:buffer/],
  ["lib/chat/room.ts", `export const at = Date.now();`, /no Date\.now/],
  ["lib/chat/room.ts", `export const at = new Date();`, /no clock/],
  ["lib/chat/room.ts", `export const id = crypto.randomUUID();`, /no crypto/],
  ["lib/chat/room.ts", `const { pid } = Deno;`, /no Deno/],
  ["lib/chat/room.ts", `export type C = Deno.Conn;`, /no Deno/],
  ["lib/chat/room.ts", `export const f = async () => {};`, /no async/],
  ["lib/chat/room.ts", `class A { async f() {} }`, /no async/],
  ["lib/chat/room.ts", `await f;`, /no await/],
  ["lib/protocol/frame.ts", `setTimeout(f, 1);`, /no setTimeout/],
  ["lib/terminal/screen.ts", `Deno.readTextFile("x");`, /no IO but the terminal's/],
];

Deno.test("layers: what the table allows passes", () => {
  for (const [path, source] of legal) assert.deepEqual(lint(path, source), [], `${path}: ${source}`);
});

Deno.test("layers: every kind of breach is found, once", () => {
  for (const [path, source, says] of breaches) {
    const found = lint(path, source);
    assert.equal(found.length, 1, `${path}: ${source} gave ${JSON.stringify(found)}`);
    assert.match(found[0] ?? "", says);
  }
});

Deno.test("layers: deno lint fails on a planted breach, and names it", async () => {
  const copy = await Deno.makeTempDir();
  try {
    const plant = async (path: string, source: string) => {
      await Deno.mkdir(dirname(join(copy, path)), { recursive: true });
      await Deno.writeTextFile(join(copy, path), source);
    };
    for (const path of ["deno.json", "tests/tools/layers.ts"]) {
      await plant(path, await Deno.readTextFile(join(root, path)));
    }
    const run = async () => {
      const command = { args: ["task", "layers"], cwd: copy, env: { NO_COLOR: "1" } };
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), command).output();
      return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    await plant("lib/chat/types.ts", `export const x = 1;\n`);
    await plant("server.ts", ``);
    await plant("client.ts", ``);
    const before = await run();
    assert.equal(before.code, 0, before.said);

    await plant("lib/chat/room.ts", `import { x } from "../store/store.ts";\nexport const y = x;\n`);
    const after = await run();
    assert.equal(after.code, 1, after.said);
    assert.match(after.said, /lib\/store\/store\.ts is out of bounds here: chat may import nothing of ours/);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});
