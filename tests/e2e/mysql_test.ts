/** The room on MySQL: the same as on SQLite, and a database that goes away and comes back. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { LOBBY } from "../../lib/chat/types.ts";
import { openStore } from "../../lib/store/open.ts";
import { type MariaDb, mysqlTest } from "../support/mariadb.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, enter, logIn, post, seed, serve, type TestServer } from "../support/server.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

/** A server on a database of that name, in which the three people are. */
async function serveOn(db: MariaDb, name: string, ring?: number): Promise<TestServer> {
  const database = db.url(name);
  const store = await openStore(database);
  await seed(store);
  await store.close();
  return await serve({ database, ...(ring === undefined ? {} : { ring }) });
}

await mysqlTest("the room on MariaDB", async (db, t) => {
  await t.step("register, talk, history and files, across a restart of the server", async () => {
    const content = randomBytes(300_000);
    let id = "", token: string | undefined;
    {
      await using server = await serveOn(db, "basics");
      await using carol = await Peer.greet(server.address);
      const entered = await carol.get("logged-in", {
        op: "register",
        name: "加罗",
        password: "secret1",
        remember: true,
      });
      token = entered.token;
      assert.equal(entered.account, 1004);
      await using bob = await enter(server, BOB);
      for (const text of ["你好 👋", "e\u0301 \u0000 \u001b[0m", "x".repeat(65_536)]) await post(carol, text);
      const heard = await bob.take("event", 3);
      assert.deepEqual(heard.map((event) => event.seq), [1, 2, 3]);
      id = (await sendBytes(carol, content, { name: "文件.bin" })).id;
      assert.equal(sha256(await fetchBytes(bob, id)), sha256(content));
    }
    await using server = await serve({ database: db.url("basics") });
    await using carol = await Peer.greet(server.address);
    assert.equal((await carol.get("logged-in", { op: "resume", token: token ?? "" })).name, "加罗");
    const page = await carol.get("page", { op: "history", room: LOBBY });
    assert.deepEqual(
      page.events.map((event) =>
        event.type === "post" ? event.text.slice(0, 20) : "name" in event ? event.name : event.type
      ),
      [
        "你好 👋",
        "e\u0301 \u0000 \u001b[0m",
        "x".repeat(20),
        "文件.bin",
      ],
    );
    assert.equal(await post(carol, "five"), 5);
  });

  await t.step("a thousand posts at once are numbered without a gap", async () => {
    await using server = await serveOn(db, "burst", 20_000);
    await using alice = await logIn(server, ALICE);
    await using bob = await enter(server, BOB);
    await Promise.all(Array.from({ length: 1000 }, (_, i) => post(alice, `message ${i} ${"x".repeat(100)}`)));
    await using late = await enter(server, BOB, { after: 0 });
    for (const peer of [bob, late]) {
      const events = await peer.take("event", 1000);
      assert.deepEqual(events.map((event) => event.seq), Array.from({ length: 1000 }, (_, i) => i + 1));
    }
  });

  await t.step("a store that is ahead of the room confuses nobody who is catching up", async () => {
    await using server = await serveOn(db, "ahead");
    await using alice = await logIn(server, ALICE);
    await post(alice, "one");
    await server.close();
    await using again = await serve({ database: db.url("ahead") });
    await using bob = await logIn(again, BOB);
    await bob.get("page", { op: "history", room: LOBBY });
    // As after a commit whose outcome the server never heard.
    const store = await openStore(db.url("ahead"));
    const draft = (text: string) => ({ id: crypto.randomUUID(), from: ALICE, type: "post", text }) as const;
    await store.append(LOBBY, [draft("two"), draft("three")], Date.now());
    await store.close();
    await bob.get("joined", { op: "join", room: LOBBY, after: 0 });
    assert.equal((await bob.expect("event")).seq, 1);
    await using carol = await logIn(again, ALICE);
    assert.equal(await post(carol, "four"), 4);
    assert.deepEqual((await bob.take("event", 3)).map((event) => event.seq), [2, 3, 4]);
  });

  await t.step("a database that is killed and comes back", async () => {
    await using server = await serveOn(db, "outage");
    await using alice = await enter(server, ALICE);
    await using bob = await enter(server, BOB);
    await alice.expect("presence");
    const content = randomBytes(100_000);
    const { id } = await sendBytes(alice, content);
    const acknowledged = new Map<string, number>();
    let away = false;
    const posting = Promise.all(Array.from({ length: 4 }, async () => {
      while (!away) {
        const postId = crypto.randomUUID();
        const answer = await alice.ask({ op: "post", room: LOBBY, id: postId, text: postId });
        if (answer.op === "stored") acknowledged.set(postId, answer.seq);
        else if (answer.op === "error" && answer.code === "unavailable") away = true;
        else assert.fail(JSON.stringify(answer));
      }
    }));
    await until(() => acknowledged.size > 50, "some posts");
    await db.kill();
    await posting;
    assert.ok(server.log.some((entry) => entry.event === "database-unavailable"));

    // While it is away: clear answers, and everybody stays where they are.
    const questions = [
      { op: "post", room: LOBBY, id: crypto.randomUUID(), text: "x" },
      { op: "history", room: LOBBY },
      { op: "download", stream: 1, id },
    ] as const;
    for (const question of questions) {
      const { code, retryAfter = 0 } = await alice.get("error", question);
      assert.deepEqual([question.op, code], [question.op, "unavailable"]);
      assert.ok(retryAfter > 0);
    }
    await using visitor = await Peer.greet(server.address);
    assert.equal(await visitor.refused({ op: "resume", token: BOB.token }), "unavailable");
    assert.equal(await visitor.refused({ op: "login", account: BOB.account, password: "secret1" }), "unavailable");
    assert.equal(await visitor.refused({ op: "register", name: "X", password: "secret1" }), "unavailable");
    const { members } = await bob.get("members", { op: "who", room: LOBBY });
    assert.deepEqual(members.map((member) => member.account), [ALICE.account, BOB.account]);
    const held = randomBytes(50_000), heldId = crypto.randomUUID();
    await alice.get("accepted", {
      op: "upload",
      stream: 5,
      room: LOBBY,
      id: heldId,
      type: "file",
      name: "x",
      size: held.length,
    });
    await alice.chunk(5, held);
    assert.equal(await alice.refused({ op: "finish", stream: 5, sha256: sha256(held) }), "unavailable");

    await db.restart();
    await until(async () => {
      const answer = await alice.ask({ op: "finish", stream: 5, sha256: sha256(held) });
      return answer.op === "stored";
    }, "the file to be stored without being sent again");
    assert.equal(sha256(await fetchBytes(bob, heldId)), sha256(held));
    assert.ok(server.log.some((entry) => entry.event === "database-available"));
    const last = await post(alice, "back again");
    const events = await bob.take("event", last);
    assert.deepEqual(events.map((event) => event.seq), Array.from({ length: last }, (_, i) => i + 1));
    const seqs = new Map(events.map((event) => [event.id, event.seq]));
    for (const [postId, seq] of acknowledged) assert.equal(seqs.get(postId), seq);
  });

  await t.step("a server that starts before its database says so, and serves when it is there", async () => {
    await db.kill();
    await using server = await serve({ database: db.url("basics") });
    await using bob = await Peer.greet(server.address);
    assert.equal(await bob.refused({ op: "resume", token: BOB.token }), "unavailable");
    assert.ok(server.log.some((entry) => entry.level === "error" && entry.event === "database-unavailable"));
    await db.restart();
    await until(async () => (await bob.ask({ op: "resume", token: BOB.token })).op === "logged-in", "the database");
    await bob.get("joined", { op: "join", room: LOBBY });
    assert.equal(await post(bob, "at last"), 6);
  });
});
