/** A short run of chaos on each database; `deno task chaos` goes on for as long as one likes. */
import assert from "node:assert/strict";
import { findMariaDb } from "../support/mariadb.ts";
import { mountSmallDisk } from "../support/small_disk.ts";
import { runChaos } from "./run.ts";

async function survives(
  options: { readonly posts: number; readonly kills: number; readonly mariadb?: boolean; readonly fullDisk?: boolean },
) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const report = await runChaos({ mariadb: false, fullDisk: false, ...options, seed, minutes: 0, say: () => {} });
  assert.deepEqual(report.violations, [], `repeat it with --seed ${seed}`);
  assert.ok(report.acknowledged >= options.posts && report.serverKills + report.databaseKills > 0);
}

// Links that are told to close while they are coming back leave their timers behind for a moment.
const relaxed = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "chaos: nothing is lost, doubled or out of order when the server is killed",
  ...relaxed,
  fn: () => survives({ posts: 4000, kills: 4 }),
});

const disk = await mountSmallDisk(1);
await disk?.[Symbol.asyncDispose]();
Deno.test({
  name: `chaos: the same on a disk that is full now and then${disk ? "" : " (needs the right to mount one)"}`,
  ignore: !disk,
  ...relaxed,
  fn: () => survives({ posts: 2000, kills: 2, fullDisk: true }),
});

const mariadb = await findMariaDb();
Deno.test({
  name: `chaos: the same when MariaDB is killed as well${mariadb.available ? "" : ` (needs it: ${mariadb.reason})`}`,
  ignore: !mariadb.available,
  ...relaxed,
  fn: () => survives({ posts: 2000, kills: 4, mariadb: true }),
});
