/** What monitors are told: that it lives, that it serves, and every number to the unit. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { openStore } from "../../lib/store/open.ts";
import { mysqlTest } from "../support/mariadb.ts";
import { ask, monitorAddress, MONITORED, type Sample, scrape, total } from "../support/monitor.ts";
import { Peer } from "../support/peer.ts";
import { DORA, QtClient } from "../support/qt_client.ts";
import { serveQt } from "../support/qt_server.ts";
import { ALICE, BOB, CAROL, enter, logIn, post, seed, serve } from "../support/server.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

/** Waits until the page says so; a page is made anew only every so often. */
async function untilPage(address: string, holds: (samples: readonly Sample[]) => boolean, what: string) {
  let samples: readonly Sample[] = [];
  await until(async () => holds(samples = await scrape(address)), what);
  return samples;
}

Deno.test("monitoring: it lives, it serves, and while it ends it says that it does no more", async () => {
  await using server = await serve(MONITORED);
  const address = monitorAddress(server.log);
  assert.deepEqual(await ask(address, "/healthz"), { status: 200, text: "ok\n" });
  assert.deepEqual(await ask(address, "/readyz"), { status: 200, text: "ready\n" });
  assert.equal((await ask(address, "/")).status, 404);
  // Somebody who reads nothing keeps the server from ending at once.
  await using alice = await logIn(server, ALICE);
  await using slow = await logIn(server, BOB);
  for (let index = 0; index < 8; index++) await post(alice, "x".repeat(60_000));
  slow.pause();
  await slow.say(...Array.from({ length: 200 }, (_, request) => ({ op: "history", room: "lobby", request }) as const));
  const unread = async () => total(await scrape(address), "chat_sent_bytes_total");
  for (let before = -1, now = 0; before !== now;) [before, now] = [now, await unread()];
  const closing = server.close();
  assert.deepEqual(await ask(address, "/readyz"), { status: 503, text: "draining\n" });
  assert.equal((await ask(address, "/healthz")).status, 200);
  slow.hangUp();
  await closing;
  await assert.rejects(ask(address, "/healthz"));
});

Deno.test("monitoring: what is said, delivered, refused and sent is counted to the unit", async () => {
  await using server = await serve(MONITORED);
  const address = monitorAddress(server.log);
  await using alice = await enter(server, ALICE);
  await using bob = await enter(server, BOB);
  await using again = await enter(server, BOB);
  await using visitor = await Peer.greet(server.address);
  assert.equal(await visitor.refused({ op: "resume", token: "nobody's" }), "token-invalid");
  assert.equal(await visitor.refused({ op: "login", account: 1001, password: "secret1" }), "wrong-credentials");
  assert.equal(await visitor.refused({ op: "register", name: "", password: "secret1" }), "bad-name");
  assert.equal(await visitor.refused({ op: "who", room: "lobby" }), "login-required");
  const id = crypto.randomUUID();
  for (let index = 0; index < 10; index++) await post(alice, `text ${index}`, index === 0 ? id : undefined);
  await post(alice, "text 0", id);
  assert.equal(await bob.refused({ op: "post", room: "lobby", id, text: "mine" }), "id-conflict");
  const content = randomBytes(100_000);
  const file = await sendBytes(alice, content);
  await fetchBytes(bob, file.id, { offset: 40_000 });
  for (const peer of [alice, bob, again]) await peer.take("event", 11);
  // Later than those who are here joined: from the log as well.
  await using carol = await enter(server, CAROL, { after: 0 });
  await carol.take("event", 11);

  const samples = await untilPage(
    address,
    (page) => total(page, "chat_delivery_seconds_count") === 11 && total(page, "chat_people") === 3,
    "all deliveries to be counted",
  );
  const is = (value: number, name: string, labels: Readonly<Record<string, string>> = {}) =>
    assert.equal(total(samples, name, labels), value, `${name} ${JSON.stringify(labels)}`);
  is(4, "chat_connections", { dialect: "modern", logged_in: "yes" });
  is(1, "chat_connections", { dialect: "modern", logged_in: "no" });
  is(0, "chat_connections", { dialect: "legacy" });
  is(5, "chat_connections_accepted_total");
  is(0, "chat_connections_rejected_total");
  is(3, "chat_people");
  is(4, "chat_logins_total", { outcome: "accepted" });
  is(4, "chat_logins_total", { method: "token", outcome: "accepted" });
  is(1, "chat_logins_total", { method: "token", outcome: "refused" });
  is(1, "chat_logins_total", { method: "password", outcome: "refused" });
  is(1, "chat_logins_total", { method: "registration", outcome: "refused" });
  is(0, "chat_passwords_waiting");
  is(5, "chat_refusals_total");
  is(1, "chat_refusals_total", { code: "id-conflict" });
  is(10, "chat_posts_total", { type: "text" });
  is(1, "chat_posts_total", { type: "file" });
  is(0, "chat_posts_total", { type: "image" });
  is(1, "chat_posts_repeated_total");
  is(44, "chat_deliveries_total");
  is(0, "chat_lag_events");
  is(0, "chat_lag_bytes");
  is(0, "chat_readers_behind");
  is(13, "chat_journal_batch_posts_sum");
  assert.ok(total(samples, "chat_journal_batch_posts_count") <= 13);
  is(total(samples, "chat_journal_batch_posts_count"), "chat_journal_commit_seconds_count");
  is(1, "chat_database_up");
  is(0, "chat_database_errors_total");
  is(0, "chat_transfers");
  is(100_000, "chat_transfer_bytes_total", { direction: "upload" });
  is(60_000, "chat_transfer_bytes_total", { direction: "download" });
  is(1, "chat_transfers_finished_total", { direction: "upload" });
  is(1, "chat_transfers_finished_total", { direction: "download" });
  is(1, "chat_build_info", { version: "0.0.0-test", deno: Deno.version.deno });
  assert.ok(total(samples, "chat_received_bytes_total") > 100_000);
  assert.ok(total(samples, "chat_sent_bytes_total") > total(samples, "chat_delivered_bytes_total") + 60_000);
  for (const name of ["process_resident_memory_bytes", "chat_heap_bytes", "process_cpu_seconds_total"]) {
    assert.ok(total(samples, name) > 0, name);
  }
  if (Deno.build.os === "linux") assert.ok(total(samples, "process_open_fds") > 0);

  // All that is counted only grows, and a distribution counts everything in its last bucket.
  const later = await scrape(address);
  for (const { name, labels, value } of samples.filter((sample) => /_(total|count|sum|bucket)$/.test(sample.name))) {
    assert.ok(total(later, name, labels) >= value, name);
  }
  for (const { name, value } of samples.filter((sample) => sample.labels["le"] === "+Inf")) {
    is(value, name.replace(/_bucket$/, "_count"));
  }
});

Deno.test("monitoring: one that reads too slowly shows as a lag, then as behind, and then no more", async () => {
  await using server = await serve({ ...MONITORED, ring: 512 * 1024 });
  const address = monitorAddress(server.log);
  await using alice = await logIn(server, ALICE);
  await using slow = await enter(server, BOB);
  slow.pause();
  let posts = 0;
  await until(async () => {
    await Promise.all(Array.from({ length: 20 }, () => post(alice, "x".repeat(60_000))));
    posts += 20;
    return total(await scrape(address), "chat_readers_behind") === 1;
  }, "the slow one to be behind");
  const before = await scrape(address);
  assert.ok(total(before, "chat_lag_events") > 0);
  slow.resume();
  await slow.take("event", posts);
  await slow.expect("members", ({ request }) => request === undefined);
  const after = await untilPage(address, (page) => total(page, "chat_readers_behind") === 0, "it to be back");
  assert.equal(total(after, "chat_lag_events"), 0);
  assert.equal(total(after, "chat_deliveries_total"), posts);
  assert.equal(total(after, "chat_fell_behind_total"), 1);
});

Deno.test("monitoring: the old client is counted as everybody", async () => {
  await using server = await serveQt(MONITORED);
  const address = monitorAddress(server.log);
  await using dora = await QtClient.enter(server, DORA);
  await using second = await QtClient.open(server, DORA);
  assert.equal((await second.login("wrong123")).status, 1);
  assert.equal((await second.login()).status, 2);
  await using alice = await enter(server, ALICE);
  await post(alice, "hello");
  await dora.reader.expect("text");
  await alice.take("event", 1);
  const samples = await untilPage(address, (page) => total(page, "chat_deliveries_total") === 2, "both deliveries");
  assert.equal(total(samples, "chat_connections", { dialect: "legacy", logged_in: "yes" }), 2);
  assert.equal(total(samples, "chat_connections", { dialect: "legacy", logged_in: "no" }), 1);
  assert.equal(total(samples, "chat_people"), 2);
  assert.equal(total(samples, "chat_logins_total", { method: "legacy", outcome: "accepted" }), 1);
  assert.equal(total(samples, "chat_logins_total", { method: "legacy", outcome: "refused" }), 2);
  assert.equal(total(samples, "chat_lag_events"), 0);
});

await mysqlTest("monitoring: a database that is away is no readiness, and is counted", async (db) => {
  const database = db.url("monitored");
  const store = await openStore(database);
  await seed(store);
  await store.close();
  await using server = await serve({ ...MONITORED, database });
  const address = monitorAddress(server.log);
  await using alice = await enter(server, ALICE);
  await until(async () => (await ask(address, "/readyz")).status === 200, "readiness");
  await db.kill();
  await until(
    async () => (await ask(address, "/readyz")).text === "database unavailable\n",
    "the outage to be noticed",
  );
  assert.equal((await ask(address, "/healthz")).status, 200);
  const id = crypto.randomUUID();
  assert.equal(await alice.refused({ op: "post", room: "lobby", id, text: "x" }), "unavailable");
  const away = await untilPage(address, (page) => total(page, "chat_refusals_total") === 1, "the refusal");
  assert.equal(total(away, "chat_database_up"), 0);
  assert.equal(total(away, "chat_database_outages_total"), 1);
  // The post; the server itself may have asked as well.
  assert.ok(total(away, "chat_database_errors_total", { kind: "unavailable" }) >= 1);
  assert.equal(total(away, "chat_database_errors_total", { kind: "failed" }), 0);
  await db.restart();
  await until(async () => (await ask(address, "/readyz")).status === 200, "readiness again");
  const back = await untilPage(address, (page) => total(page, "chat_database_up") === 1, "the database");
  assert.equal(total(back, "chat_database_outages_total"), 1);
});
