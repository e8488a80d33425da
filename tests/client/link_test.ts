import assert from "node:assert/strict";
import { LOBBY } from "../../lib/chat/types.ts";
import { download } from "../../lib/client/download.ts";
import { Refused } from "../../lib/client/failure.ts";
import { Link } from "../../lib/client/link.ts";
import type { LinkOptions, LinkState } from "../../lib/client/link_options.ts";
import { upload } from "../../lib/client/upload.ts";
import { errorMessage } from "../../lib/protocol/server_message.ts";
import { temporaryFolder } from "../support/server.ts";
import { until } from "../support/within.ts";
import { type ScriptedServer, scriptedServer } from "./scripted_server.ts";
import { PLAINTEXT } from "../support/encryption.ts";

const entrance = { op: "login", account: 1001, password: "secret1" } as const;
const SENT = { room: LOBBY, id: "7f0c2f4e-93d5-4a8e-8d1b-5a2f4f7c1e22", at: 1, seq: 1 } as const;

function open({ address }: ScriptedServer, options: Partial<LinkOptions> = {}): Promise<Link> {
  return Link.open({
    address: { host: "127.0.0.1", port: address.port },
    entrance,
    encryption: PLAINTEXT,
    client: "test",
    ...options,
  });
}

const later = (request: number, retryAfter: number) => errorMessage("unavailable", { request, retryAfter });

Deno.test("what the server puts off is asked again, until it is answered", async () => {
  let asked = 0;
  await using server = scriptedServer((command, { say }) => {
    if (command.op !== "post") return;
    say(++asked < 4 ? later(command.request, 1) : { op: "stored", request: command.request, ...SENT });
  });
  const link = await open(server);
  const reasons: string[] = [];
  const delayed = ({ code }: Refused) => reasons.push(code);
  const { seq } = await link.ask({ op: "post", room: LOBBY, id: SENT.id, text: "x" }, "stored", { delayed });
  assert.deepEqual([seq, asked, reasons], [1, 4, ["unavailable", "unavailable", "unavailable"]]);
  await link.close();
});

Deno.test("whoever has no more patience is told the refusal itself", async () => {
  await using server = scriptedServer((command, { say }) => {
    if (command.op === "post") say(later(command.request, 60_000));
  });
  const link = await open(server, { giveUpMs: 30_000 });
  const asking = link.ask({ op: "post", room: LOBBY, id: SENT.id, text: "x" }, "stored");
  await assert.rejects(asking, (error) => error instanceof Refused && error.code === "unavailable");
  await link.close();
});

Deno.test("an upload's FINISH and a download that are put off are asked again, and nothing is sent twice", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const heard: string[] = [];
  const finished = () => heard.filter((op) => op === "finish").length;
  await using server = scriptedServer((command, { say }) => {
    heard.push(command.op);
    if (command.op === "upload") {
      say({ op: "accepted", request: command.request, stream: command.stream, offset: 0 });
    } else if (command.op === "chunk") {
      say({ op: "ack", stream: 1, offset: command.length });
    } else if (command.op === "finish") {
      const { request } = command;
      say(finished() < 3 ? later(request, 1) : { op: "stored", request, ...SENT });
    } else if (command.op === "download") {
      const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      const file = { name: "empty", size: 0, sha256, media: "text/plain" };
      const { request, stream } = command;
      const first = heard.filter((op) => op === "download").length === 1;
      say(first ? later(request, 1) : { op: "accepted", request, stream, offset: 0, file });
    }
  });
  const path = `${folder}/file`;
  await Deno.writeTextFile(path, "test");
  const link = await open(server);
  const { seq } = await upload(link, path, { room: LOBBY, type: "file" });
  assert.deepEqual([seq, heard], [1, ["upload", "chunk", "finish", "finish", "finish"]]);
  await download(link, SENT.id, { folder, path: () => `${folder}/copy` });
  assert.equal(await Deno.readTextFile(`${folder}/copy`), "");
  await link.close();
});

Deno.test("a room that is started over and lost at once is joined again without a number", async () => {
  const starts: unknown[] = [];
  let lose = () => {};
  await using server = scriptedServer((command, { say, hangUp }) => {
    if (command.op !== "join") return;
    lose = hangUp;
    const { request, after } = command;
    starts.push(after);
    if (starts.length === 2) say(errorMessage("sequence-ahead", { request }));
    else if (starts.length === 3) hangUp();
    else say({ op: "joined", request, room: LOBBY, first: 1, head: 5, members: [] });
  });
  const states: LinkState[] = [];
  const link = await open(server, { changed: (state) => states.push(state) });
  await link.join(LOBBY, { after: 9 });
  lose();
  await until(() => states.at(-1)?.state === "online", "the room again");
  assert.deepEqual(starts, [9, 9, undefined, undefined]);
  assert.deepEqual(
    states.map(({ state }) => state),
    ["offline", "offline", "online"],
    "no coming back before the room",
  );
  await link.close();
});

Deno.test("a link that gives up says what kept it away, in a whole sentence", async () => {
  const ended = Promise.withResolvers<Error>();
  const reasons: string[] = [];
  const server = scriptedServer(() => {});
  const link = await open(server, {
    giveUpMs: 500,
    changed: (state) => {
      if (state.state === "offline") reasons.push(state.reason);
      if (state.state === "ended") ended.resolve(state.error);
    },
  });
  await server[Symbol.asyncDispose]();
  const { message } = await ended.promise;
  assert.match(message, /^Cannot connect to 127\.0\.0\.1:\d+: Connection refused\. Is the server running there\?$/);
  assert.equal(reasons[0], "The connection to the server was lost.");
  for (const reason of reasons) assert.match(reason, /^[A-Z].*[^.?][.?]$/);
  await link.close();
});
